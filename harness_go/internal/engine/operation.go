package engine

import (
	"sort"
	"strconv"
	"strings"

	"typerace/harness/internal/clients"
	"typerace/harness/target"
)

// operation is something that a goroutine of a test case can do. The ops_*.go files register theirs
// when the program starts. From then on the table is only read, and only before goroutines run.
type operation struct {
	// word starts the operation's text.
	word string
	// bare says that the text omits the word and starts with the first operand.
	bare bool
	// operands read the words that follow, in order.
	operands []operand
	// client says that it needs golang.org/x/tools.
	client bool
	// syntax says that it needs the syntax from which packages were checked.
	syntax bool
	// comments says that it needs the comments in that syntax, too.
	comments bool
	// program says that it needs an ssa.Program that goroutines share.
	program bool
	// foreign says that it runs a user's code, which may start goroutines anywhere.
	foreign bool
	// prepare does the work, for a package that the operation names, that need not be done while
	// other goroutines run; nil if the package is expected to be imported.
	prepare func(g *goroutine, i int)
	// run executes it. It returns false, after a call of skip, if there was nothing to execute it
	// on.
	run func(g *goroutine, c *call) bool
}

var operations = map[string]*operation{}

// register adds an operation to the table.
func register(op operation) {
	if operations[op.word] != nil {
		panic("engine: operation " + op.word + " is registered twice")
	}
	operations[op.word] = &op
}

// call is an operation with its operands, read from its text before any goroutine runs. Nothing
// writes to it after that.
type call struct {
	*operation
	// name is the name under which it is counted: its word, with its query, setter or registered
	// name if it has one.
	name string
	// wrong says why it cannot be executed; empty if it can.
	wrong string

	// packages are the import paths that it names; path is the first of them.
	packages  []string
	path      string
	object    string      // of path; empty if none is named
	other     *objectName // a second object
	args      []string
	context   bool
	expr      string
	place     int // the number of a block; -1 is the package's scope
	node      int // the number of an expression
	query     *query
	setter    *setter
	reading   string
	analyzer  string
	order     order
	configure func(*configuration)
	target    *target.Operation
}

// objectName names an object of a package.
type objectName struct{ path, object string }

// unknown stands for operations that the harness does not know.
var unknown = operation{run: func(g *goroutine, _ *call) bool {
	return g.skip("not an operation that this harness knows")
}}

// readCall reads an operation's text.
func readCall(text string) *call {
	words := strings.Fields(text)
	if len(words) == 0 {
		return &call{operation: &unknown}
	}
	op := operations[words[0]]
	switch {
	case op != nil && !op.bare:
		words = words[1:]
	case findQuery(words[0]) != nil:
		op = operations[opQuery]
	default:
		return &call{operation: &unknown, name: words[0]}
	}
	c := &call{operation: op, name: op.word, place: -1}
	for _, read := range op.operands {
		words = read(c, words)
	}
	if len(words) > 0 && c.wrong == "" {
		c.wrong = "it has too many words"
	}
	if len(c.packages) > 0 {
		c.path = c.packages[0]
	}
	return c
}

// readCalls reads the operations of a goroutine.
func readCalls(texts []string) []*call {
	calls := make([]*call, len(texts))
	for i, text := range texts {
		calls[i] = readCall(text)
	}
	return calls
}

// execute executes an operation. It returns false if there was nothing to execute it on.
func (g *goroutine) execute(c *call) bool {
	if c.wrong != "" {
		return g.skip(c.wrong)
	}
	if (c.client || c.query != nil && c.query.client) && !clients.Available {
		return g.skip(clients.Missing)
	}
	return c.run(g, c)
}

// Words are the operations and queries that the engine knows, sorted.
func Words() []string {
	var words []string
	for word, op := range operations {
		if !op.foreign && (!op.client || clients.Available) {
			words = append(words, word)
		}
	}
	for _, q := range queries {
		if !q.client || clients.Available {
			words = append(words, q.name)
		}
	}
	sort.Strings(words)
	return words
}

// Vocabulary is everything that the engine can be asked for: `operation check`, `query lookup`,
// `setter insert`, `share fset`, `import source`, whether this build has golang.org/x/tools or not.
func Vocabulary() []string {
	var all []string
	for word, op := range operations {
		if !op.foreign {
			all = append(all, "operation "+word)
		}
	}
	for _, q := range queries {
		all = append(all, "query "+q.name)
	}
	for _, s := range setters {
		all = append(all, "setter "+s.name)
	}
	for _, name := range useNames {
		all = append(all, "share "+name)
	}
	for _, mode := range [...]string{fromSource, fromExport, fromSynthetic} {
		all = append(all, "import "+mode)
	}
	sort.Strings(all)
	return all
}

// operand reads an operand into the call and returns the words after it.
type operand func(c *call, words []string) []string

// required makes an operand of one word.
func required(read func(c *call, word string)) operand {
	return func(c *call, words []string) []string {
		if len(words) == 0 {
			c.fail("an operand is missing")
			return nil
		}
		read(c, words[0])
		return words[1:]
	}
}

// optional makes an operand of one word that may be missing.
func optional(read func(c *call, word string)) operand {
	return func(c *call, words []string) []string {
		if len(words) == 0 {
			return nil
		}
		read(c, words[0])
		return words[1:]
	}
}

// The kinds of operands. src/scenario/operand.rs has the same list.
var (
	aPackage = required(func(c *call, word string) { c.packages = append(c.packages, word) })
	// walked is a package or the instances.
	walked = required(func(c *call, word string) {
		if c.path = word; word != instancesName {
			c.packages = append(c.packages, word)
		}
	})
	// member is an object of the package before it.
	member   = optional(func(c *call, word string) { c.object = word })
	anObject = required(func(c *call, word string) {
		p := readObject(c, word)
		c.packages, c.object = append(c.packages, p.path), p.object
	})
	anotherObject = optional(func(c *call, word string) {
		p := readObject(c, word)
		c.packages, c.other = append(c.packages, p.path), &p
	})
	typeArguments = optional(func(c *call, word string) { c.args = splitTypes(word) })
	withContext   = optional(func(c *call, word string) { c.context = word == "context" })
	aQuery        = required(func(c *call, word string) {
		c.name += " " + word
		if c.query = findQuery(word); c.query == nil {
			c.fail("not a query that this harness knows")
		}
	})
	aSetter = required(func(c *call, word string) {
		c.name += " " + word
		if c.setter = findSetter(word); c.setter == nil {
			c.fail("not a setter that this harness knows")
		}
	})
	aReading = required(func(c *call, word string) {
		c.name += " " + word
		if c.reading = word; !readings[word] {
			c.fail("not a way to read functions that this harness knows")
		}
	})
	anAnalyzer = required(func(c *call, word string) {
		c.name += " " + word
		c.analyzer = word
		if clients.Available && !clients.HasAnalyzer(word) {
			c.fail("not an analyzer that this harness knows")
		}
	})
	aNode = required(func(c *call, word string) {
		n, err := strconv.ParseUint(word, 10, 31)
		if err != nil {
			c.fail("an expression of the syntax is named by its number")
		}
		c.node = int(n)
	})
	aTarget = required(func(c *call, word string) {
		c.name += " " + word
		if c.target = target.Find(word); c.target == nil {
			c.fail("no target registered an operation " + word)
		}
	})
)

// readings are the ways to read a package that another goroutine may be building.
var readings = map[string]bool{
	"string": true, "origin": true, "syntax": true, "methods": true,
	"blocks": true, "referrers": true,
}

// expression takes the rest of the text.
func expression(c *call, words []string) []string {
	if len(words) == 0 {
		c.fail("an expression is missing")
	}
	c.expr = strings.Join(words, " ")
	return nil
}

// aPlace reads `at 3`, which may be missing.
func aPlace(c *call, words []string) []string {
	if len(words) < 2 || words[0] != "at" {
		return words
	}
	n, err := strconv.ParseUint(words[1], 10, 31)
	if err != nil {
		return words
	}
	c.place = int(n)
	return words[2:]
}

// anOrder reads `declared`, `reversed`, `rotated 3` or `shuffled 7`.
func anOrder(c *call, words []string) []string {
	if len(words) == 0 {
		return nil
	}
	var n uint64
	if len(words) > 1 {
		n, _ = strconv.ParseUint(words[1], 10, 32)
	}
	switch words[0] {
	case "reversed":
		c.order = order{reversed: true}
	case "rotated":
		c.order = order{rotated: int(n)}
	case "shuffled":
		c.order = order{shuffled: true, state: n}
	}
	return nil
}

// fail notes why the call cannot be executed.
func (c *call) fail(why string) {
	if c.wrong == "" {
		c.wrong = why
	}
}

// readObject splits lib.T at its last dot: import paths have dots too.
func readObject(c *call, word string) objectName {
	i := strings.LastIndexByte(word, '.')
	if i < 0 {
		c.fail("an object is named PACKAGE.NAME")
		return objectName{path: word}
	}
	return objectName{word[:i], word[i+1:]}
}

// splitTypes splits `int,map[A,B]C` at the commas outside brackets.
func splitTypes(text string) []string {
	var types []string
	depth, start := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '[', '(', '{':
			depth++
		case ']', ')', '}':
			depth--
		case ',':
			if depth == 0 {
				types = append(types, text[start:i])
				start = i + 1
			}
		}
	}
	return append(types, text[start:])
}
