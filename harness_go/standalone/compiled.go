//go:build xtools

package standalone

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/tools/go/gcexportdata"
)

// archives are the packages that the Go compiler has compiled, by import path; nil for those that do
// not compile.
var archives = make(map[string][]byte)

// compiled compiles a package and reads its export data into a map of packages. It returns pkg,
// which was checked from source, if that fails.
func compiled(packages map[string]*types.Package, pkg *types.Package, src ...string) *types.Package {
	path := pkg.Path()
	if _, ok := archives[path]; !ok {
		archives[path] = compile(path, src)
	}
	data, err := gcexportdata.NewReader(bytes.NewReader(archives[path]))
	if err != nil {
		return pkg
	}
	read, err := gcexportdata.Read(data, token.NewFileSet(), packages, path)
	if err != nil {
		return pkg
	}
	return read
}

// compile runs the Go compiler on the files of a package, whose dependencies are compiled.
func compile(path string, src []string) []byte {
	dir, err := os.MkdirTemp("", "compile")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	write := func(name string, text []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, text, 0o600); err != nil {
			panic(err)
		}
		return name
	}
	var config []byte
	for dep, archive := range archives {
		config = fmt.Appendf(config, "packagefile %s=%s\n", dep, write(fmt.Sprintf("%d.a", len(config)), archive))
	}
	out := filepath.Join(dir, "out")
	args := []string{"tool", "compile", "-o", out, "-p", path, "-pack", "-importcfg", write("importcfg", config)}
	for i, text := range src {
		args = append(args, write(fmt.Sprintf("%d.go", i), []byte(text)))
	}
	if exec.Command("go", args...).Run() != nil {
		return nil
	}
	archive, err := os.ReadFile(out)
	if err != nil {
		panic(err)
	}
	return archive
}
