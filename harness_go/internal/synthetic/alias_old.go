//go:build !go1.24

package synthetic

import "go/types"

// alias: before Go 1.24 the API cannot make every alias that a checker makes, so the copy
// has the aliased types themselves.
func (c *copier) alias(t types.Type) (types.Type, bool) {
	if to := aliased(t); to != t {
		return c.typ(to), true
	}
	return nil, false
}

func aliasName(types.Type) *types.TypeName { return nil }
