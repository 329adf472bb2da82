package tree

import (
	"go/ast"
	"go/token"
)

// part writes an expression as a part that is always present.
func (w *writer) part(name string, x ast.Expr) {
	w.key(name)
	w.expr(x)
}

// optional writes an expression as a part that may be missing.
func (w *writer) optional(name string, x ast.Expr) {
	if x != nil {
		w.part(name, x)
	}
}

func (w *writer) exprs(name string, xs []ast.Expr) { list(w, name, xs, w.expr) }

func (w *writer) expr(x ast.Expr) {
	defer w.leave()
	if !w.enter() {
		return
	}
	switch x := x.(type) {
	case *ast.Ident:
		w.put(`{"Ident":`)
		w.ident(x)
		w.put("}")
	case *ast.Ellipsis:
		w.node("Ellipsis", func() { w.optional("Elt", x.Elt) })
	case *ast.BasicLit:
		w.node("BasicLit", func() {
			w.tok("Kind", x.Kind)
			w.key("Value")
			w.str(x.Value)
		})
	case *ast.FuncLit:
		w.node("FuncLit", func() {
			w.key("Type")
			w.funcType(x.Type)
			w.key("Body")
			w.block(x.Body)
		})
	case *ast.CompositeLit:
		w.node("CompositeLit", func() {
			w.optional("Type", x.Type)
			w.exprs("Elts", x.Elts)
		})
	case *ast.ParenExpr:
		w.node("ParenExpr", func() { w.part("X", x.X) })
	case *ast.SelectorExpr:
		w.node("SelectorExpr", func() {
			w.part("X", x.X)
			w.key("Sel")
			w.ident(x.Sel)
		})
	case *ast.IndexExpr:
		w.node("IndexExpr", func() {
			w.part("X", x.X)
			w.part("Index", x.Index)
		})
	case *ast.IndexListExpr:
		w.node("IndexListExpr", func() {
			w.part("X", x.X)
			w.exprs("Indices", x.Indices)
		})
	case *ast.SliceExpr:
		w.node("SliceExpr", func() {
			w.part("X", x.X)
			w.optional("Low", x.Low)
			w.optional("High", x.High)
			w.optional("Max", x.Max)
		})
	case *ast.TypeAssertExpr:
		w.node("TypeAssertExpr", func() {
			w.part("X", x.X)
			w.optional("Type", x.Type)
		})
	case *ast.CallExpr:
		w.node("CallExpr", func() {
			w.part("Fun", x.Fun)
			w.exprs("Args", x.Args)
			w.flag("Ellipsis", x.Ellipsis.IsValid())
		})
	case *ast.StarExpr:
		w.node("StarExpr", func() { w.part("X", x.X) })
	case *ast.UnaryExpr:
		w.node("UnaryExpr", func() {
			w.tok("Op", x.Op)
			w.part("X", x.X)
		})
	case *ast.BinaryExpr:
		w.node("BinaryExpr", func() {
			w.part("X", x.X)
			w.tok("Op", x.Op)
			w.part("Y", x.Y)
		})
	case *ast.KeyValueExpr:
		w.node("KeyValueExpr", func() {
			w.part("Key", x.Key)
			w.part("Value", x.Value)
		})
	default:
		w.typeExpr(x)
	}
}

// typeExpr writes an expression that can only be a type.
func (w *writer) typeExpr(x ast.Expr) {
	switch x := x.(type) {
	case *ast.ArrayType:
		w.node("ArrayType", func() {
			w.optional("Len", x.Len)
			w.part("Elt", x.Elt)
		})
	case *ast.StructType:
		w.node("StructType", func() { w.fields("Fields", x.Fields) })
	case *ast.FuncType:
		w.put(`{"FuncType":`)
		w.funcType(x)
		w.put("}")
	case *ast.InterfaceType:
		w.node("InterfaceType", func() { w.fields("Methods", x.Methods) })
	case *ast.MapType:
		w.node("MapType", func() {
			w.part("Key", x.Key)
			w.part("Value", x.Value)
		})
	case *ast.ChanType:
		w.node("ChanType", func() {
			w.key("Dir")
			switch x.Dir {
			case ast.SEND:
				w.str("chan<-")
			case ast.RECV:
				w.str("<-chan")
			default:
				w.str("chan")
			}
			w.part("Value", x.Value)
		})
	default:
		w.unknown(x)
	}
}

func (w *writer) funcType(x *ast.FuncType) {
	w.put("{")
	w.fields("TypeParams", x.TypeParams)
	w.fields("Params", x.Params)
	w.fields("Results", x.Results)
	w.put("}")
}

// fields writes a list of fields; a missing list is an empty one.
func (w *writer) fields(name string, fields *ast.FieldList) {
	if fields != nil {
		list(w, name, fields.List, w.field)
	}
}

func (w *writer) field(f *ast.Field) {
	defer w.leave()
	if !w.enter() {
		return
	}
	w.put("{")
	list(w, "Names", f.Names, w.ident)
	w.part("Type", f.Type)
	if f.Tag != nil && f.Tag.Kind == token.STRING {
		w.key("Tag")
		w.str(f.Tag.Value)
	}
	w.put("}")
}
