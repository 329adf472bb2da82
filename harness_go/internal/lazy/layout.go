package lazy

import (
	"go/types"
	"reflect"
	"strings"
	"unsafe"
)

// layout says where a type's values have what.
type layout struct {
	typ    reflect.Type
	name   string // `Named`, `Interface.methods[]`
	size   uintptr
	leaves []leaf
	links  []link
	// guard is the lock or atomic among the fields: `sync.Mutex`; "" if there is
	// none.
	guard string
	// isType says that a pointer to it is a types.Type, isObject a types.Object.
	isType, isObject bool
}

// leaf is a range of bytes that is compared, and its name.
type leaf struct {
	offset, size uintptr
	name         string // `Named.underlying`
	// synchronised says that it is a lock's or an atomic's own state.
	synchronised bool
}

// link is a field that leads on.
type link struct {
	offset uintptr
	typ    reflect.Type
	name   string
}

// layouts are those of a process so far. Of slices, the name is part of the
// key: elements belong to the field that has them.
type layoutKey struct {
	typ  reflect.Type
	name string
}

var layouts = map[layoutKey]*layout{}

var (
	typeType   = reflect.TypeOf((*types.Type)(nil)).Elem()
	objectType = reflect.TypeOf((*types.Object)(nil)).Elem()
	checker    = reflect.TypeOf(types.Checker{})
	config     = reflect.TypeOf(types.Config{})
	info       = reflect.TypeOf(types.Info{})
	// home is go/types' own path.
	home = checker.PkgPath()
)

// layoutOf returns the layout of values of a type that a field leads to.
func layoutOf(t reflect.Type, name string) *layout {
	key := layoutKey{t, name}
	if l := layouts[key]; l != nil {
		return l
	}
	l := &layout{typ: t, name: name, size: t.Size()}
	p := reflect.PtrTo(t)
	l.isType, l.isObject = p.Implements(typeType), p.Implements(objectType)
	layouts[key] = l
	l.add(t, 0, name)
	return l
}

// add adds the leaves and links of a part at an offset.
func (l *layout) add(t reflect.Type, at uintptr, name string) {
	switch t.Kind() {
	case reflect.Struct:
		if lock := synchroniser(t); lock {
			l.leaves = append(l.leaves, leaf{at, t.Size(), name, true})
			if l.guard == "" {
				l.guard = t.String()
			}
			return
		}
		if t.PkgPath() == home || t.PkgPath() == "" {
			for i := 0; i < t.NumField(); i++ {
				f := t.Field(i)
				l.add(f.Type, at+f.Offset, name+"."+f.Name)
			}
			return
		}
	case reflect.Array:
		const most = 64
		for i := 0; i < min(t.Len(), most); i++ {
			l.add(t.Elem(), at+uintptr(i)*t.Elem().Size(), name+"[]")
		}
		return
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		if leads(t) {
			l.links = append(l.links, link{at, t, name})
		}
	}
	if t.Size() > 0 {
		l.leaves = append(l.leaves, leaf{at, t.Size(), name, false})
	}
}

// synchroniser says whether values of the type order goroutines.
func synchroniser(t reflect.Type) bool {
	path := t.PkgPath()
	return path == "sync" || strings.HasPrefix(path, "sync/") || strings.HasPrefix(path, "internal/sync")
}

// leads says whether values of a type can lead to what belongs to go/types.
func leads(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface:
		return true // its dynamic type says
	case reflect.Pointer:
		switch e := t.Elem(); e {
		case checker, config, info:
			return false
		default:
			return e.PkgPath() == home || e.PkgPath() == "" && leads(e)
		}
	case reflect.Slice, reflect.Array:
		// Bytes of a slice are compared whatever they are.
		return true
	case reflect.Map:
		return true
	}
	return false
}

// field is the name of the leaf at an offset; "" if it is synchronised.
func (l *layout) differing(now, before []byte) []string {
	var names []string
	for i := range l.leaves {
		f := &l.leaves[i]
		if f.synchronised || int(f.offset+f.size) > len(now) {
			continue
		}
		if string(now[f.offset:f.offset+f.size]) != string(before[f.offset:f.offset+f.size]) {
			names = append(names, f.name)
		}
	}
	return names
}

// at is the name of what lies at an offset.
func (l *layout) at(offset uintptr) string {
	for i := range l.leaves {
		if f := &l.leaves[i]; f.offset <= offset && offset < f.offset+f.size {
			return f.name
		}
	}
	return l.name
}

// bytesAt are the bytes of a value in memory.
func bytesAt(p unsafe.Pointer, n uintptr) []byte {
	return unsafe.Slice((*byte)(p), n)
}
