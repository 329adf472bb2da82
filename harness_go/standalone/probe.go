//go:build go1.23

package standalone

import (
	"fmt"
	"go/types"
	"sync"
)

// A slot is an operation for which something shorter is looked for: one question
// about one type, which is reached in steps from one of the operation's own.

type origin struct {
	text string
	get  func() types.Type
}

type step struct {
	kind string
	n    int
}

type question struct {
	kind string
	n    int
	name string
}

type way struct {
	root  int
	steps []step
}

type candidate struct {
	to, other        way
	pair             bool
	ask              question
	cost             int
	value, second, q string
}

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

func prepare(slot int, roots []origin) {
	if p := picks[slot]; !listing && p.direct && p.early {
		firstTypes[slot] = follow(roots, p.c.to)
		if p.c.pair {
			secondTypes[slot] = follow(roots, p.c.other)
		}
	}
}

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
