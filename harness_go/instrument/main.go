// Instrument writes a `go build -overlay` file that puts a probe at the entry of the functions of
// the checker under test, and a hook into sync.Mutex. For types2, which only packages of cmd/compile
// may import, the overlay also makes the harness such a package.
//
//	go run ./instrument -goroot $(go env GOROOT) -out DIR [-overlay USER.json] [-checker types2]
//
// Everything is inserted within lines, so line numbers do not change. Probes and hooks call
// functions that the harness sets; see ../internal/schedule for what those do. A user's overlay is
// carried over, and files of the checker that it replaces are instrumented too.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
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
	word := flag.String("checker", "go/types", "the checker under test")
	module := flag.String("module", ".", "the harness's module")
	bare := flag.Bool("bare", false, "no probes and no hooks")
	flag.Parse()
	c, ok := checkers[*word]
	if !ok {
		fmt.Fprintln(os.Stderr, "instrument: no checker", *word)
		os.Exit(1)
	}
	write := instrument
	if *bare {
		write = withoutProbes
	}
	n, err := write(c, *goroot, *module, *out, *user)
	if err != nil {
		fmt.Fprintln(os.Stderr, "instrument:", err)
		os.Exit(1)
	}
	fmt.Println(n)
}

// begin returns the user's overlay with, if the checker needs it, the harness as a package of
// cmd/compile.
func begin(c checker, goroot, module, out, user string) (*overlay, error) {
	result := &overlay{Replace: map[string]string{}}
	if user != "" {
		text, err := os.ReadFile(user)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, result); err != nil {
			return nil, fmt.Errorf("%s: %w", user, err)
		}
	}
	if !c.twin {
		return result, nil
	}
	return result, twin(c, goroot, module, out, result)
}

// write writes the overlay.
func (o *overlay) write(out string) error {
	text, err := json.MarshalIndent(o, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "overlay.json"), text, 0o644)
}

// withoutProbes writes the overlay of a harness that is not instrumented.
func withoutProbes(c checker, goroot, module, out, user string) (int, error) {
	result, err := begin(c, goroot, module, out, user)
	if err != nil {
		return 0, err
	}
	return 0, result.write(out)
}

// instrument writes the overlay and returns the number of probes.
func instrument(c checker, goroot, module, out, user string) (int, error) {
	result, err := begin(c, goroot, module, out, user)
	if err != nil {
		return 0, err
	}
	if err := withoutChance(folder(goroot, c.packages[0]), out, result); err != nil {
		return 0, err
	}
	probes, err := c.probes(goroot, out, result)
	if err != nil {
		return 0, err
	}
	for _, change := range []func(goroot, out string, result *overlay) error{
		reseed, adder, locks, countReports, directCalls,
	} {
		if err := change(goroot, out, result); err != nil {
			return 0, err
		}
	}
	return probes, result.write(out)
}
