package peer

import (
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// FuzzImporters lets two checkers of one package import dependencies that are
// complete, which go/types allows (golang.org/issue/34921). What it reports is a bug.
func FuzzImporters(f *testing.F) {
	addSeeds(f)
	stats := newStats()
	f.Fuzz(func(t *testing.T, data []byte) {
		stats.count(twoCheckers(data, func() *types.Info { return newInfo() }))
	})
}

// FuzzSharedInfo lets the two checkers record into one types.Info, which breaks
// its contract: whoever finds nothing here cannot find races.
func FuzzSharedInfo(f *testing.F) {
	addSeeds(f)
	stats := newStats()
	f.Fuzz(func(t *testing.T, data []byte) {
		info := newInfo()
		stats.count(twoCheckers(data, func() *types.Info { return info }))
	})
}

// addSeeds adds every .txtar file below $PEER_SEEDS.
func addSeeds(f *testing.F) {
	dir := os.Getenv("PEER_SEEDS")
	if dir == "" {
		return
	}
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || filepath.Ext(path) != ".txtar" {
			return err
		}
		data, err := os.ReadFile(path)
		f.Add(data)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
}

// TestExport writes the inputs that a fuzz test kept, in $PEER_CACHE, to $PEER_KEPT
// as files of their own.
func TestExport(t *testing.T) {
	cache, kept := os.Getenv("PEER_CACHE"), os.Getenv("PEER_KEPT")
	if cache == "" || kept == "" {
		t.Skip("PEER_CACHE and PEER_KEPT are not set")
	}
	files, err := filepath.Glob(filepath.Join(cache, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// The format of package testing: a version, then a Go expression a line.
		_, quoted, ok := strings.Cut(strings.TrimSpace(string(text)), "[]byte(")
		data, err := strconv.Unquote(strings.TrimSuffix(quoted, ")"))
		if !ok || err != nil {
			t.Fatalf("%s: not an input of one []byte: %v", file, err)
		}
		if err := os.WriteFile(filepath.Join(kept, fmt.Sprintf("kept%d.txtar", i)), []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
