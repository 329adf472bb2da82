// Package compile runs the Go compiler on the packages of a test case, for their export data as
// real builds have it.
package compile

import (
	"crypto/sha256"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"typerace/harness/internal/wire"
)

// Limits of one compilation. Some test cases make the compiler hang or allocate without end, as
// they do with the type checker.
const (
	maxTime    = time.Second
	maxSeconds = 2       // of processor time, if this process cannot end it
	maxMemory  = 4 << 30 // of address space
	// maxTotal is for all packages of a test case. It stays well below the limit on the setup.
	maxTotal = 1500 * time.Millisecond
)

// maxKept is the number of results that a Compiler keeps. Mutants seldom change a dependency, so
// most test cases need no compilation.
const maxKept = 512

// Compiler compiles packages and keeps the results by content.
type Compiler struct {
	tool string
	// kept has nil for a package that was refused.
	kept map[key][]byte
	// runs counts compilations, and refused those that gave no archive.
	runs, refused int
}

// key is a hash of a package's path and files, and of the keys of its dependencies.
type key [sha256.Size]byte

// New returns a compiler of the Go release that built this program.
func New() *Compiler {
	name := filepath.Join(runtime.GOROOT(), "pkg", "tool", runtime.GOOS+"_"+runtime.GOARCH, "compile")
	return &Compiler{tool: name, kept: make(map[key][]byte)}
}

// Archives compiles every package that another one imports, and returns the archives by import path.
// A package that does not compile, or whose dependencies do not, has none.
func (c *Compiler) Archives(packages []wire.Package) map[string][]byte {
	b := batch{Compiler: c, nodes: make(map[string]*node, len(packages)), began: time.Now()}
	imported := make(map[string]bool)
	for i := range packages {
		n := &node{pkg: &packages[i], imports: imports(&packages[i])}
		for _, path := range n.imports {
			imported[path] = true
		}
		if b.nodes[n.pkg.Path] == nil {
			b.nodes[n.pkg.Path] = n
		}
	}
	archives := make(map[string][]byte)
	for i := range packages {
		if path := packages[i].Path; imported[path] {
			if archive := b.build(path).archive; archive != nil {
				archives[path] = archive
			}
		}
	}
	return archives
}

// batch compiles the packages of one test case.
type batch struct {
	*Compiler
	nodes map[string]*node // by import path
	began time.Time
}

// node is a package of the test case.
type node struct {
	pkg     *wire.Package
	imports []string
	// begun is set before its dependencies are built: one that leads back to it finds no archive.
	begun   bool
	key     key
	archive []byte // nil if it does not compile
}

// build compiles a package after its dependencies; nil if there is no such package.
func (b *batch) build(path string) *node {
	n := b.nodes[path]
	if n != nil && !n.begun {
		n.begun = true
		b.compile(n)
	}
	return n
}

func (b *batch) compile(n *node) {
	h := sha256.New()
	write := func(s string) {
		h.Write([]byte(strconv.Itoa(len(s)) + " " + s))
	}
	write(n.pkg.Path)
	for _, f := range n.pkg.Files {
		write(f.Name)
		write(f.Text)
	}
	for _, path := range n.imports {
		if path == "unsafe" {
			continue
		}
		dep := b.build(path)
		if dep == nil || dep.archive == nil {
			return
		}
		h.Write(dep.key[:])
	}
	h.Sum(n.key[:0])
	archive, ok := b.kept[n.key]
	if !ok {
		// A package that has no time left here may have it in another test case: it is not kept.
		if time.Since(b.began) >= maxTotal {
			return
		}
		b.runs++
		deps := make(map[string][]byte)
		b.collect(n, deps)
		if archive = b.run(n.pkg, deps); archive == nil {
			b.refused++
		}
		if len(b.kept) >= maxKept {
			b.kept = make(map[key][]byte)
		}
		b.kept[n.key] = archive
	}
	n.archive = archive
}

// collect adds the archives of what a package imports, and of what that imports. The compiler may
// look up both.
func (b *batch) collect(n *node, deps map[string][]byte) {
	for _, path := range n.imports {
		if dep := b.nodes[path]; dep != nil && dep.archive != nil && deps[path] == nil {
			deps[path] = dep.archive
			b.collect(dep, deps)
		}
	}
}

// imports returns the import paths of a package. The compiler reports syntax errors.
func imports(pkg *wire.Package) (paths []string) {
	for i := range pkg.Files {
		f, _ := parser.ParseFile(token.NewFileSet(), "", pkg.Files[i].Text, parser.ImportsOnly)
		if f == nil {
			continue
		}
		for _, spec := range f.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// run compiles a package in a folder of its own; nil if there is no archive within the limits.
func (c *Compiler) run(pkg *wire.Package, deps map[string][]byte) []byte {
	dir, err := os.MkdirTemp("", "compile")
	if err != nil {
		return nil
	}
	defer func() { _ = os.RemoveAll(dir) }()
	args := []string{c.tool, "-o", "out.a", "-p", pkg.Path, "-importcfg", "importcfg", "-pack", "-complete", "-c", "1", "-l"}
	files := make(map[string][]byte)
	config := ""
	for path, archive := range deps {
		name := "dep" + strconv.Itoa(len(files)) + ".a"
		files[name] = archive
		config += "packagefile " + path + "=" + name + "\n"
	}
	files["importcfg"] = []byte(config)
	for i, f := range pkg.Files {
		name := "file" + strconv.Itoa(i) + ".go"
		files[name] = []byte(f.Text)
		args = append(args, name)
	}
	for name, text := range files {
		if os.WriteFile(filepath.Join(dir, name), text, 0o600) != nil {
			return nil
		}
	}
	if !execute(dir, args) {
		return nil
	}
	archive, err := os.ReadFile(filepath.Join(dir, "out.a"))
	if err != nil {
		return nil
	}
	return archive
}

// execute runs a command within the limits and reports whether it succeeded. It starts no
// goroutine, because this process counts those that a test case leaves behind.
func execute(dir string, args []string) bool {
	null, err := syscall.Open(os.DevNull, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer func() { _ = syscall.Close(null) }()
	// One processor: campaigns run one harness for each.
	env := []string{"GOMAXPROCS=1", "HOME=" + dir, "TMPDIR=" + dir}
	pid, err := syscall.ForkExec(args[0], args, &syscall.ProcAttr{
		Dir: dir, Env: env, Files: []uintptr{uintptr(null), uintptr(null), uintptr(null)},
		Sys: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
	})
	if err != nil {
		return false
	}
	limit(pid, syscall.RLIMIT_CPU, maxSeconds)
	limit(pid, syscall.RLIMIT_AS, maxMemory)
	deadline := time.Now().Add(maxTime)
	for {
		var status syscall.WaitStatus
		switch n, err := syscall.Wait4(pid, &status, syscall.WNOHANG, nil); {
		case n == pid:
			return status.Exited() && status.ExitStatus() == 0
		case err != nil && err != syscall.EINTR:
			return false
		}
		if time.Now().After(deadline) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			deadline = deadline.Add(time.Hour) // the process ends now
		}
		time.Sleep(500 * time.Microsecond)
	}
}

// limit sets a resource limit of another process. Without it, the time limit still applies.
func limit(pid, resource int, most uint64) {
	value := syscall.Rlimit{Cur: most, Max: most}
	_, _, _ = syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), uintptr(resource),
		uintptr(unsafe.Pointer(&value)), 0, 0, 0)
}
