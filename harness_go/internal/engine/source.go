package engine

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
