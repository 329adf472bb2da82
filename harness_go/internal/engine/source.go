package engine

import (
	"go/token"
	"strconv"

	"typerace/harness/internal/wire"
)

// maxSource is the size of the largest file that is parsed.
const maxSource = 1 << 20

// source is a package's parsed files.
type source struct {
	name    string // of the package clause
	trees   []*tree
	imports []string // unquoted, in source order
	err     error    // the first syntax error
}

type sourceError string

func (e sourceError) Error() string { return string(e) }

func (s *source) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// parseSource parses every file of a package into the file set. Of a file with syntax errors, it
// keeps what the parser of the checker under test keeps.
func parseSource(fset *token.FileSet, pkg *wire.Package, mode syntaxMode) *source {
	s := &source{trees: []*tree{}}
	for i := range pkg.Files {
		file := &pkg.Files[i]
		name := pkg.Path + "/" + file.Name
		if len(file.Text) > maxSource {
			s.fail(sourceError(name + ": the file is larger than 1 MiB"))
			continue
		}
		f, err := parseFile(fset, name, file.Text, mode)
		if err != nil {
			s.fail(err)
		}
		if f == nil {
			continue
		}
		if s.name == "" {
			s.name = packageName(f)
		}
		s.trees = append(s.trees, f)
		for _, literal := range importLiterals(f) {
			if path, err := strconv.Unquote(literal); err == nil {
				s.imports = append(s.imports, path)
			}
		}
	}
	if len(s.trees) == 0 {
		s.fail(sourceError(pkg.Path + ": no Go file"))
	}
	return s
}

// cyclic reports whether packages import one another in a cycle.
func cyclic(sources []*source, index map[string]int) bool {
	const new, open, done = 0, 1, 2
	state := make([]int, len(sources))
	var visit func(i int) bool
	visit = func(i int) bool {
		if state[i] != new {
			return state[i] == open
		}
		state[i] = open
		for _, path := range sources[i].imports {
			if j, ok := index[path]; ok && visit(j) {
				return true
			}
		}
		state[i] = done
		return false
	}
	for i := range sources {
		if visit(i) {
			return true
		}
	}
	return false
}
