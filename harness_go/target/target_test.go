package target

import (
	"fmt"
	"strings"
	"testing"
)

func run(*Input) (string, error) { return "", nil }

// A faulty operation is reported when the package is initialized.
func TestRegisterRefuses(t *testing.T) {
	defer func(old map[string]*Operation) { registered = old }(registered)
	registered = make(map[string]*Operation)
	Register(Operation{Name: "vet", Does: "vets", Run: run})
	Register(Operation{Name: "b2_-X", Does: "x", Run: run, Class: Bug, Rule: "r", Place: "p"})
	for want, op := range map[string]Operation{
		"twice":           {Name: "vet", Does: "x", Run: run},
		"its name":        {Name: "two words", Does: "x", Run: run},
		"lower-case":      {Name: "Vet", Does: "x", Run: run},
		"no Run":          {Name: "a", Does: "x"},
		"set Does":        {Name: "b", Run: run},
		"not bug":         {Name: "c", Does: "x", Run: run, Class: "safe"},
		"needs a Rule":    {Name: "d", Does: "x", Run: run, Class: Contract},
		"and its Place":   {Name: "e", Does: "x", Run: run, Class: Bug, Rule: "r"},
		`operation ""`:    {Does: "x", Run: run},
		"a lower-case le": {Name: "9", Does: "x", Run: run},
	} {
		func() {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, want) {
					t.Errorf("%+v: %s, want %s", op, said, want)
				}
			}()
			Register(op)
		}()
	}
	all := All()
	if len(all) != 2 || all[0].Name != "b2_-X" || all[1].Class != Unstated {
		t.Errorf("registered: %+v", all)
	}
}

func TestKeepMakesTheMap(t *testing.T) {
	var in Input
	in.Keep("a", 1)
	in.Keep("b", 2)
	if len(in.Own) != 2 {
		t.Error(in.Own)
	}
}
