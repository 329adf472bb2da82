// Instrument writes a `go build -overlay` file that puts a probe at the entry of
// the functions of go/types, and a hook into sync.Mutex.
//
//	go run ./instrument -goroot $(go env GOROOT) -out DIR [-overlay USER.json]
//
// Everything is inserted within lines, so line numbers do not change. Probes and hooks call
// functions that the harness sets; see ../internal/schedule for what those do. A user's overlay is
// carried over, and files of go/types that it replaces are instrumented too.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// overlay is the file format of go build -overlay.
type overlay struct {
	Replace map[string]string
}

// put writes files to out, with names that start with prefix, and makes them replace or supplement
// those in dir.
func (o *overlay) put(dir, out, prefix string, files map[string][]byte) error {
	for name, content := range files {
		to := filepath.Join(out, prefix+name)
		if err := os.WriteFile(to, content, 0o644); err != nil {
			return err
		}
		o.Replace[filepath.Join(dir, name)] = to
	}
	return nil
}

func main() {
	goroot := flag.String("goroot", "", "root of the Go tree under test")
	out := flag.String("out", "", "folder for the overlay and its files")
	user := flag.String("overlay", "", "an overlay to carry over")
	flag.Parse()
	n, err := instrument(*goroot, *out, *user)
	if err != nil {
		fmt.Fprintln(os.Stderr, "instrument:", err)
		os.Exit(1)
	}
	fmt.Println(n)
}

// instrument writes the overlay and returns the number of probes.
func instrument(goroot, out, user string) (int, error) {
	result := overlay{Replace: map[string]string{}}
	if user != "" {
		text, err := os.ReadFile(user)
		if err != nil {
			return 0, err
		}
		if err := json.Unmarshal(text, &result); err != nil {
			return 0, fmt.Errorf("%s: %w", user, err)
		}
	}
	dir := filepath.Join(goroot, "src", "go", "types")
	if err := withoutChance(dir, out, &result); err != nil {
		return 0, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return 0, err
	}
	// An overlay may also add files.
	for path := range result.Replace {
		if filepath.Dir(path) == dir && strings.HasSuffix(path, ".go") && !contains(files, path) {
			files = append(files, path)
		}
	}
	sort.Strings(files)
	pkg, err := load(dir, files, result.Replace)
	if err != nil {
		return 0, err
	}
	probes := 0
	for _, f := range pkg.files {
		text, n := pkg.probe(f, probes)
		if text == nil {
			continue
		}
		probes += n
		to := filepath.Join(out, filepath.Base(f.path))
		if err := os.WriteFile(to, text, 0o644); err != nil {
			return 0, err
		}
		result.Replace[f.path] = to
	}
	hook := filepath.Join(out, "zz_typerace.go")
	if err := os.WriteFile(hook, []byte(hookSource), 0o644); err != nil {
		return 0, err
	}
	result.Replace[filepath.Join(dir, "zz_typerace.go")] = hook
	if err := reseed(goroot, out, &result); err != nil {
		return 0, err
	}
	if err := adder(goroot, out, &result); err != nil {
		return 0, err
	}
	if err := locks(goroot, out, &result); err != nil {
		return 0, err
	}
	if err := countReports(goroot, out, &result); err != nil {
		return 0, err
	}
	if err := directCalls(goroot, out, &result); err != nil {
		return 0, err
	}
	text, err := json.MarshalIndent(result, "", "\t")
	if err != nil {
		return 0, err
	}
	return probes, os.WriteFile(filepath.Join(out, "overlay.json"), text, 0o644)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
