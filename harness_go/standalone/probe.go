//go:build go1.23

package standalone

import (
	"fmt"
	"go/types"
	"sync"
)

// A probe runs a program many times in one process. A slot is an operation of the
// program. The probe replaces the operation by one question about one type: a type
// that is reached in steps from a type that the operation starts from.

// origin is a type that an operation starts from, and the Go expression for it.
type origin struct {
	text string
	get  func() types.Type
}

// step is one step from a type to a type that it is made of.
type step struct {
	kind string
	n    int
}

// question is a call of go/types about one type or two.
type question struct {
	kind string
	n    int
	name string
}

// way leads from an origin to a type.
type way struct {
	root  int
	steps []step
}

// candidate is a question about certain types, with its text in Go.
type candidate struct {
	to, other        way
	pair             bool
	ask              question
	cost             int
	value, second, q string
}

// pick is what a slot does in the next attempts.
type pick struct {
	direct, early bool
	c             candidate
}

var (
	listing     bool
	listed      sync.Mutex
	found       = make([][]candidate, slots)
	picks       = make([]pick, slots)
	firstTypes  = make([]types.Type, slots)
	secondTypes = make([]types.Type, slots)
)

func follow(roots []origin, w way) types.Type {
	t := roots[w.root].get()
	for _, s := range w.steps {
		t = s.get(t)
	}
	return t
}

// prepare finds the types of a question before the goroutines start.
func prepare(slot int, roots []origin) {
	if p := picks[slot]; !listing && p.direct && p.early {
		firstTypes[slot] = follow(roots, p.c.to)
		if p.c.pair {
			secondTypes[slot] = follow(roots, p.c.other)
		}
	}
}

// askOne runs an operation, or the question in its place.
func askOne(slot int, two bool, roots []origin, general func()) {
	p := picks[slot]
	switch {
	case listing:
		listed.Lock()
		defer listed.Unlock()
		found[slot] = candidates(roots, two)
	case !p.direct:
		general()
	case p.early:
		p.c.ask.do(firstTypes[slot], secondTypes[slot])
	default:
		t := follow(roots, p.c.to)
		var u types.Type
		if p.c.pair {
			u = follow(roots, p.c.other)
		}
		p.c.ask.do(t, u)
	}
}

func scopeRoots(name string, pkg *types.Package) (list []origin) {
	for _, object := range pkg.Scope().Names() {
		text := fmt.Sprintf("%s.Scope().Lookup(%q).Type()", name, object)
		list = append(list, origin{text, func() types.Type { return pkg.Scope().Lookup(object).Type() }})
	}
	return list
}

func instanceRoots(instances []types.Type) (list []origin) {
	for i, t := range instances {
		text := "inst"
		if i > 0 {
			text += fmt.Sprint(i + 1)
		}
		list = append(list, origin{text, func() types.Type { return t }})
	}
	return list
}

// candidates returns every question that can take the place of an operation.
func candidates(roots []origin, two bool) (list []candidate) {
	all := places(roots)
	for _, p := range all {
		for i, q := range questions(p) {
			list = append(list, candidate{to: p.to, ask: q, cost: 12*len(p.to.steps) + i, value: p.text, q: q.text(p)})
		}
	}
	if !two {
		return list
	}
	for _, p := range all {
		for _, u := range all {
			if !askable(p.t) || !askable(u.t) {
				continue
			}
			kinds := []string{"Identical", "AssignableTo", "ConvertibleTo"}
			if _, ok := u.t.Underlying().(*types.Interface); ok {
				kinds = append(kinds, "Implements", "Satisfies", "MissingMethod")
				if _, ok := p.t.Underlying().(*types.Interface); ok {
					kinds = append(kinds, "AssertableTo")
				}
			}
			for i, kind := range kinds {
				q := question{kind: kind}
				list = append(list, candidate{
					to: p.to, other: u.to, pair: true, ask: q,
					cost:  12*(len(p.to.steps)+len(u.to.steps)) + 20 + i,
					value: p.text, second: u.text, q: q.text(p),
				})
			}
		}
	}
	return list
}

// probe lists the candidates of every slot. Then it reads trials from standard input:
// a number, how many attempts to make, and what each slot does. It announces each
// attempt, so that a race report can be assigned to its trial.
func probe() {
	listing = true
	attempt()
	listing = false
	for slot, list := range found {
		for i, c := range list {
			fmt.Printf("%d\t%d\t%d\t%s\t%s\t%s\n", slot, i, c.cost, c.value, c.second, c.q)
		}
	}
	var line, tries int
	for {
		if n, _ := fmt.Scan(&line, &tries); n != 2 {
			return
		}
		for slot := range picks {
			var how string
			var i int
			fmt.Scan(&how, &i)
			picks[slot] = pick{}
			if how != "general" && i < len(found[slot]) {
				picks[slot] = pick{true, how == "early", found[slot][i]}
			}
		}
		for try := 0; try < tries; try++ {
			println("@@ ", line)
			attempt()
		}
	}
}
