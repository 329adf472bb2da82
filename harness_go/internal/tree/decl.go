package tree

import (
	"go/ast"
	"go/token"
	"strconv"
)

func (w *writer) file(f *ast.File) {
	w.put(`{"Name":`)
	w.ident(f.Name)
	if f.GoVersion != "" {
		w.key("GoVersion")
		w.str(f.GoVersion)
	}
	list(w, "Decls", f.Decls, w.decl)
	w.put("}")
}

func (w *writer) decl(d ast.Decl) {
	defer w.leave()
	if !w.enter() {
		return
	}
	switch d := d.(type) {
	case *ast.GenDecl:
		w.put(`{"GenDecl":`)
		w.genDecl(d)
		w.put("}")
	case *ast.FuncDecl:
		w.node("FuncDecl", func() {
			if d.Recv != nil {
				w.key("Recv")
				elements(w, d.Recv.List, w.field)
			}
			w.key("Name")
			w.ident(d.Name)
			w.key("Type")
			w.funcType(d.Type)
			if d.Body != nil {
				w.body(d.Body)
			}
		})
	default:
		w.unknown(d)
	}
}

func (w *writer) genDecl(d *ast.GenDecl) {
	w.put("{")
	w.tok("Tok", d.Tok)
	w.flag("Grouped", d.Lparen.IsValid() || len(d.Specs) != 1)
	list(w, "Specs", d.Specs, w.spec)
	w.put("}")
}

func (w *writer) spec(s ast.Spec) {
	switch s := s.(type) {
	case *ast.ImportSpec:
		w.node("ImportSpec", func() {
			w.optIdent("Name", s.Name)
			path, err := strconv.Unquote(s.Path.Value)
			if s.Path.Kind != token.STRING || err != nil {
				w.unknown(s.Path)
			}
			w.key("Path")
			w.str(path)
		})
	case *ast.ValueSpec:
		w.node("ValueSpec", func() {
			w.key("Names")
			elements(w, s.Names, w.ident)
			w.optional("Type", s.Type)
			w.exprs("Values", s.Values)
		})
	case *ast.TypeSpec:
		w.node("TypeSpec", func() {
			w.key("Name")
			w.ident(s.Name)
			w.fields("TypeParams", s.TypeParams)
			w.flag("Assign", s.Assign.IsValid())
			w.part("Type", s.Type)
		})
	default:
		w.unknown(s)
	}
}
