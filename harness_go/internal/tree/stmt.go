package tree

import (
	"go/ast"
	"go/token"
)

func (w *writer) block(b *ast.BlockStmt) {
	w.put("{")
	w.stmts("List", b.List)
	w.put("}")
}

// stmts writes a list of statements without the empty ones.
func (w *writer) stmts(name string, body []ast.Stmt) {
	some := make([]ast.Stmt, 0, len(body))
	for _, s := range body {
		if _, empty := s.(*ast.EmptyStmt); !empty {
			some = append(some, s)
		}
	}
	list(w, name, some, w.stmt)
}

// optionalStmt writes a statement as a part that may be missing.
func (w *writer) optionalStmt(name string, s ast.Stmt) {
	if s != nil {
		w.key(name)
		w.stmt(s)
	}
}

func (w *writer) stmt(s ast.Stmt) {
	defer w.leave()
	if !w.enter() {
		return
	}
	switch s := s.(type) {
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok {
			w.put(`{"DeclStmt":`)
			w.genDecl(d)
			w.put("}")
		} else {
			w.unknown(s.Decl)
		}
	case *ast.EmptyStmt:
		w.put(`"EmptyStmt"`)
	case *ast.LabeledStmt:
		w.node("LabeledStmt", func() {
			w.key("Label")
			w.ident(s.Label)
			w.key("Stmt")
			w.stmt(s.Stmt)
		})
	case *ast.ExprStmt:
		w.exprStmt("ExprStmt", s.X)
	case *ast.SendStmt:
		w.node("SendStmt", func() {
			w.part("Chan", s.Chan)
			w.part("Value", s.Value)
		})
	case *ast.IncDecStmt:
		w.node("IncDecStmt", func() {
			w.part("X", s.X)
			w.tok("Tok", s.Tok)
		})
	case *ast.AssignStmt:
		w.node("AssignStmt", func() {
			w.key("Lhs")
			elements(w, s.Lhs, w.expr)
			w.tok("Tok", s.Tok)
			w.key("Rhs")
			elements(w, s.Rhs, w.expr)
		})
	case *ast.GoStmt:
		w.exprStmt("GoStmt", s.Call)
	case *ast.DeferStmt:
		w.exprStmt("DeferStmt", s.Call)
	case *ast.ReturnStmt:
		w.put(`{"ReturnStmt":`)
		elements(w, s.Results, w.expr)
		w.put("}")
	case *ast.BranchStmt:
		w.node("BranchStmt", func() {
			w.tok("Tok", s.Tok)
			w.optIdent("Label", s.Label)
		})
	case *ast.BlockStmt:
		w.put(`{"BlockStmt":`)
		w.block(s)
		w.put("}")
	default:
		w.control(s)
	}
}

// exprStmt writes a statement that is a keyword, or nothing, before an
// expression.
func (w *writer) exprStmt(name string, x ast.Expr) {
	w.put(`{"`)
	w.put(name)
	w.put(`":`)
	w.expr(x)
	w.put("}")
}

// control writes a statement with a header and a body.
func (w *writer) control(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.IfStmt:
		w.node("IfStmt", func() {
			w.optionalStmt("Init", s.Init)
			w.part("Cond", s.Cond)
			w.body(s.Body)
			w.optionalStmt("Else", s.Else)
		})
	case *ast.SwitchStmt:
		w.node("SwitchStmt", func() {
			w.optionalStmt("Init", s.Init)
			w.optional("Tag", s.Tag)
			list(w, "Body", s.Body.List, w.caseClause)
		})
	case *ast.TypeSwitchStmt:
		w.node("TypeSwitchStmt", func() {
			w.optionalStmt("Init", s.Init)
			w.optionalStmt("Assign", s.Assign)
			list(w, "Body", s.Body.List, w.caseClause)
		})
	case *ast.SelectStmt:
		w.node("SelectStmt", func() { list(w, "Body", s.Body.List, w.commClause) })
	case *ast.ForStmt:
		w.node("ForStmt", func() {
			w.optionalStmt("Init", s.Init)
			w.optional("Cond", s.Cond)
			w.optionalStmt("Post", s.Post)
			w.body(s.Body)
		})
	case *ast.RangeStmt:
		w.node("RangeStmt", func() {
			w.optional("Key", s.Key)
			w.optional("Value", s.Value)
			w.flag("Define", s.Tok == token.DEFINE)
			w.part("X", s.X)
			w.body(s.Body)
		})
	default:
		w.unknown(s)
	}
}

func (w *writer) body(b *ast.BlockStmt) {
	w.key("Body")
	w.block(b)
}

func (w *writer) caseClause(s ast.Stmt) {
	defer w.leave()
	if !w.enter() {
		return
	}
	c, ok := s.(*ast.CaseClause)
	if !ok {
		w.unknown(s)
		return
	}
	w.put("{")
	w.exprs("List", c.List)
	w.stmts("Body", c.Body)
	w.put("}")
}

func (w *writer) commClause(s ast.Stmt) {
	defer w.leave()
	if !w.enter() {
		return
	}
	c, ok := s.(*ast.CommClause)
	if !ok {
		w.unknown(s)
		return
	}
	w.put("{")
	w.optionalStmt("Comm", c.Comm)
	w.stmts("Body", c.Body)
	w.put("}")
}
