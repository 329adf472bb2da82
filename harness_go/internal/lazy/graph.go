package lazy

import (
	"fmt"
	"go/types"
	"reflect"
	"sort"
	"unsafe"
)

// maxNodes ends the copying of graphs that have no sensible size.
const maxNodes = 50_000

// Graph is a copy of the memory reachable from its roots.
type Graph struct {
	nodes []node
	maps  []mapNode
	seen  map[place]struct{}
	saved []byte // the nodes' bytes, one after another
	root  int32  // what is being visited
}

// place is what tells nodes apart: a struct and its first field have one
// address.
type place struct {
	at     unsafe.Pointer
	layout *layout
}

// node is a value of count elements of a layout.
type node struct {
	place
	count int
	saved int   // index in Graph.saved
	root  int32 // that it was reached from first
}

// mapNode is a map, which has no memory that could be compared.
type mapNode struct {
	value reflect.Value
	name  string
	sum   uint64
}

// New copies what is reachable from packages, in their order, and then from
// types. The universe's objects are left out: every package reaches them, and
// they are completed once in a process's life.
func New(packages []*types.Package, instances []types.Type) *Graph {
	g := &Graph{seen: make(map[place]struct{}, 1024)}
	g.seen[place{unsafe.Pointer(types.Universe), layoutOf(reflect.TypeOf(types.Scope{}), "Scope")}] = struct{}{}
	for i, pkg := range packages {
		g.root = int32(i)
		g.pointer(unsafe.Pointer(pkg), reflect.TypeOf(*pkg))
	}
	g.root = int32(len(packages))
	for _, t := range instances {
		if v := reflect.ValueOf(t); v.Kind() == reflect.Pointer {
			g.pointer(v.UnsafePointer(), v.Type().Elem())
		}
	}
	// By hand and not by recursion: types nest deeper than a stack should.
	for i := 0; i < len(g.nodes); i++ {
		n := g.nodes[i]
		g.root = n.root
		for c := 0; c < n.count; c++ {
			for _, l := range n.layout.links {
				g.follow(unsafe.Add(n.at, uintptr(c)*n.layout.size+l.offset), l.typ, l.name)
			}
		}
	}
	return g
}

// add adds a node, once.
func (g *Graph) add(at unsafe.Pointer, l *layout, count int) {
	p := place{at, l}
	if _, ok := g.seen[p]; ok || count == 0 || l.size == 0 || len(g.nodes) >= maxNodes {
		return
	}
	g.seen[p] = struct{}{}
	g.nodes = append(g.nodes, node{p, count, len(g.saved), g.root})
	g.saved = append(g.saved, bytesAt(at, l.size*uintptr(count))...)
}

func (g *Graph) pointer(at unsafe.Pointer, elem reflect.Type) {
	if at == nil {
		return
	}
	name := elem.Name()
	if name == "" {
		name = elem.String()
	}
	g.add(at, layoutOf(elem, name), 1)
}

// dynamic are the struct types that interfaces' first words stand for; nil for
// those that lead nowhere.
var dynamic = map[[2]uintptr]reflect.Type{}

// follow goes on from a field in memory.
func (g *Graph) follow(at unsafe.Pointer, t reflect.Type, name string) {
	switch t.Kind() {
	case reflect.Pointer:
		g.pointer(*(*unsafe.Pointer)(at), t.Elem())
	case reflect.Interface:
		words := (*[2]unsafe.Pointer)(at)
		if words[0] == nil {
			return
		}
		// A method table is the same word for the same type, and one word may
		// stand for another type in an interface of another kind.
		empty := uintptr(0)
		if t.NumMethod() == 0 {
			empty = 1
		}
		key := [2]uintptr{uintptr(words[0]), empty}
		elem, ok := dynamic[key]
		if !ok {
			if d := reflect.NewAt(t, at).Elem().Elem().Type(); d.Kind() == reflect.Pointer && leads(d) {
				elem = d.Elem()
			}
			dynamic[key] = elem
		}
		if elem != nil {
			g.pointer(words[1], elem)
		}
	case reflect.Slice:
		g.slice(*(*unsafe.Pointer)(at), *(*int)(unsafe.Add(at, unsafe.Sizeof(uintptr(0)))), t.Elem(), name)
	case reflect.Map:
		if *(*unsafe.Pointer)(at) != nil {
			g.addMap(reflect.NewAt(t, at).Elem(), name)
		}
	}
}

func (g *Graph) slice(at unsafe.Pointer, n int, elem reflect.Type, name string) {
	const most = 1 << 16
	if at != nil && n > 0 && n <= most {
		g.add(at, layoutOf(elem, name+"[]"), n)
	}
}

// addMap adds a map and goes on from its entries, in an order that repeats.
func (g *Graph) addMap(v reflect.Value, name string) {
	p := place{v.UnsafePointer(), layoutOf(v.Type(), name)}
	if _, ok := g.seen[p]; ok || v.Len() > 1<<16 {
		return
	}
	g.seen[p] = struct{}{}
	keys := v.MapKeys()
	if v.Type().Key().Kind() == reflect.String {
		sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	}
	for _, k := range keys {
		g.value(k, name)
		g.value(v.MapIndex(k), name)
	}
	// The map is read through the header, which outlives what it is a field of.
	g.maps = append(g.maps, mapNode{v, name, mapSum(v)})
}

// value goes on from a value that is not in addressable memory.
func (g *Graph) value(v reflect.Value, name string) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Pointer:
		if leads(v.Type()) {
			g.pointer(v.UnsafePointer(), v.Type().Elem())
		}
	case reflect.Slice:
		g.slice(v.UnsafePointer(), v.Len(), v.Type().Elem(), name)
	}
}

// mapSum is the same for the same entries, whatever their order.
func mapSum(v reflect.Value) uint64 {
	sum := uint64(v.Len())
	for it := v.MapRange(); it.Next(); {
		sum += word(it.Key())*0x9e3779b97f4a7c15 ^ word(it.Value())
	}
	return sum
}

// word tells values apart: by identity what is reached through a pointer.
func word(v reflect.Value) uint64 {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Func, reflect.Chan:
		return uint64(uintptr(v.UnsafePointer()))
	case reflect.Slice:
		return uint64(uintptr(v.UnsafePointer())) + uint64(v.Len())
	case reflect.String:
		h := uint64(14695981039346656037)
		for s, i := v.String(), 0; i < len(s); i++ {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
		return h
	case reflect.Bool:
		if v.Bool() {
			return 1
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return uint64(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return v.Uint()
	}
	return 0
}

// Nodes is how many values the graph has.
func (g *Graph) Nodes() int { return len(g.nodes) + len(g.maps) }

// Change is a field that is another than it was.
type Change struct {
	// Field is the field: `Named.underlying`.
	Field string
	// Guard is a lock or atomic among the same struct's fields, `sync.Mutex`;
	// "" if there is none.
	Guard string
	// Object is what has the field, for people.
	Object string
	// Root is the index of the package that leads to it; the number of packages
	// if only instances do.
	Root int
}

// Changes are the fields that changed since New, in the order in which they
// were reached, each once.
func (g *Graph) Changes() []Change {
	var changes []Change
	seen := map[string]bool{}
	for i := range g.nodes {
		n := &g.nodes[i]
		size := n.layout.size
		now, before := bytesAt(n.at, size*uintptr(n.count)), g.saved[n.saved:]
		before = before[:len(now)]
		if string(now) == string(before) {
			continue
		}
		for at := uintptr(0); at < uintptr(len(now)); at += size {
			for _, name := range n.layout.differing(now[at:at+size], before[at:at+size]) {
				if !seen[name] {
					seen[name] = true
					changes = append(changes, Change{name, n.layout.guard, n.String(), int(n.root)})
				}
			}
		}
	}
	for i := range g.maps {
		m := &g.maps[i]
		if name := m.name + "{}"; !seen[name] && mapSum(m.value) != m.sum {
			seen[name] = true
			changes = append(changes, Change{Field: name, Object: m.name})
		}
	}
	return changes
}

// String says which value it is.
func (n *node) String() (text string) {
	defer func() {
		// It may be a type that go/types shows to nobody.
		if recover() != nil {
			text = n.layout.name
		}
	}()
	const most = 120
	switch v := reflect.NewAt(n.layout.typ, n.at); {
	case n.layout.isType:
		text = types.TypeString(v.Interface().(types.Type), nil)
	case n.layout.isObject:
		text = v.Interface().(types.Object).Name()
	default:
		text = fmt.Sprintf("a %s", n.layout.name)
	}
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}

// Types are the types reached, without basic ones, each once, at most so many;
// with the root of each.
func (g *Graph) Types(most int) (ts []types.Type, roots []int) {
	for i := range g.nodes {
		n := &g.nodes[i]
		if !n.layout.isType || len(ts) >= most {
			continue
		}
		t, _ := reflect.NewAt(n.layout.typ, n.at).Interface().(types.Type)
		if _, basic := t.(*types.Basic); t != nil && !basic {
			ts, roots = append(ts, t), append(roots, int(n.root))
		}
	}
	return ts, roots
}

// Field is the field at an address, `Named.underlying`; "" if no value of the
// graph has it. A value counts before what it is embedded in.
func (g *Graph) Field(address uintptr) string {
	for i := range g.nodes {
		n := &g.nodes[i]
		if base := uintptr(n.at); base <= address && address < base+n.layout.size*uintptr(n.count) {
			return n.layout.at((address - base) % n.layout.size)
		}
	}
	return ""
}
