//! Walks, sizes and import, on one small program that has most kinds of node.

use super::*;
use crate::goast::build::star;

/// `package p; import x "a"; type T[P C] struct{ E; f []P };
/// func (r *T[Q]) m(a int) { l: for k := range make(S, g(k)) { goto l } }`
fn program() -> File {
    let json = r#"{"Name":"p","Decls":[
    {"GenDecl":{"Tok":"import","Specs":[{"ImportSpec":{"Name":"x","Path":"a"}}]}},
    {"GenDecl":{"Tok":"type","Specs":[{"TypeSpec":{"Name":"T",
      "TypeParams":[{"Names":["P"],"Type":{"ParenExpr":{"X":{"Ident":"C"}}}}],
      "Type":{"StructType":{"Fields":[{"Type":{"Ident":"E"}},
        {"Names":["f"],"Type":{"ArrayType":{"Elt":{"Ident":"P"}}}}]}}}}]}},
    {"FuncDecl":{"Recv":[{"Names":["r"],"Type":{"StarExpr":{"X":{"IndexExpr":{
        "X":{"Ident":"T"},"Index":{"Ident":"Q"}}}}}}],"Name":"m",
      "Type":{"Params":[{"Names":["a"],"Type":{"Ident":"int"}}]},
      "Body":{"List":["EmptyStmt",{"LabeledStmt":{"Label":"l","Stmt":{"RangeStmt":{
        "Key":{"Ident":"k"},"Define":true,
        "X":{"CallExpr":{"Fun":{"Ident":"make"},"Args":[{"Ident":"S"},
          {"CallExpr":{"Fun":{"Ident":"g"},"Args":[{"Ident":"k"}]}}]}},
        "Body":{"List":[{"BranchStmt":{"Tok":"goto","Label":"l"}}]}}}}}]}}}]}"#;
    File::from_json(json.as_bytes()).expect("a tree")
}

/// The names visited, in order, with their roles.
#[derive(Default)]
struct Log(Vec<String>);

impl Visitor for Log {
    fn expr(&mut self, e: &Expr, role: Role) {
        if let Some(name) = e.as_ident() {
            self.0.push(format!("{name} {role:?}"));
        }
        walk::walk_expr(self, e, role);
    }
    fn name(&mut self, name: &Ident, role: NameRole) {
        self.0.push(format!("{} {role:?}", name.0));
    }
}

impl VisitorMut for Log {
    fn expr(&mut self, e: &mut Expr, role: Role) {
        if let Some(name) = e.as_ident() {
            self.0.push(format!("{name} {role:?}"));
        }
        walk::walk_expr_mut(self, e, role);
    }
    fn name(&mut self, name: &mut Ident, role: NameRole) {
        self.0.push(format!("{} {role:?}", name.0));
    }
}

#[test]
fn walks_name_roles_in_source_order() {
    let want = [
        "p Package",
        "x Import",
        "T Type",
        "P TypeParam",
        "C Constraint",
        "E Embedded",
        "f Field",
        "P Type",
        "r Param",
        "T Generic",
        "Q TypeArg",
        "m Method",
        "a Param",
        "int Type",
        "l Label",
        "k Def",
        "make Callee",
        "S Used",
        "g Callee",
        "k Value",
        "l LabelUse",
    ];
    let mut file = program();
    let mut log = Log::default();
    walk::walk_file(&mut log, &file);
    assert_eq!(log.0, want);
    let mut log = Log::default();
    walk::walk_file_mut(&mut log, &mut file);
    assert_eq!(log.0, want);
}

#[test]
fn every_expression_can_be_replaced() {
    let mut file = program();
    let mut seen = 0;
    file.for_each_expr_mut(|e, role| {
        seen += 1;
        if role.takes_any_type() && e.as_ident().is_some() {
            *e = star(e.clone());
        }
    });
    let mut read = 0;
    program().for_each_expr(|_, _| read += 1);
    assert_eq!(seen, read);
    let text = file.print();
    assert!(text.contains("\tf []*P\n"), "{text}");
    assert!(text.contains("func (r *T[*Q]) m(a *int) {"), "{text}");
}

#[test]
fn measures() {
    let file = program();
    let small = File { name: "p".into(), go_version: None, decls: Vec::new() };
    assert_eq!((small.count_nodes(), small.depth()), (1, 1));
    assert_eq!(file.imports().map(|i| i.path.as_str()).collect::<Vec<_>>(), ["a"]);
    // FuncDecl, body, label, range, two calls, k.
    assert_eq!(file.depth(), 7);
    // 3 declarations, 2 specs, 5 fields, 2 blocks, 3 statements, 17
    // expressions, 10 names.
    assert_eq!(file.count_nodes(), 42);
}

#[test]
fn import_normalizes() {
    let text = "\
package p

import x \"a\"

type T[P C] struct {
	E
	f []P
}

func (r *T[Q]) m(a int) {
l:
	for k := range make(S, g(k)) {
		goto l
	}
}
";
    assert_eq!(program().print(), text);
    let mut again = program();
    again.normalize();
    assert_eq!(again, program());
    let json = serde_json::to_vec(&again).expect("JSON");
    assert_eq!(File::from_json(&json).expect("a tree"), again);
}

fn nested(depth: usize) -> Vec<u8> {
    let (open, close) = (r#"{"ParenExpr":{"X":"#, "}}");
    format!(
        r#"{{"Name":"p","Decls":[{{"GenDecl":{{"Tok":"var","Specs":[{{"ValueSpec":{{"Names":["x"],"Values":[{}{{"StarExpr":{{"X":{{"Ident":"x"}}}}}}{}]}}}}]}}}}]}}"#,
        open.repeat(depth),
        close.repeat(depth)
    )
    .into_bytes()
}

#[test]
fn import_refuses_what_is_no_tree() {
    for bad in ["", "{}", "[]", r#"{"Name":"p"} x"#, r#"{"Name":"p","Decls":[{"BadDecl":{}}]}"#] {
        let e = File::from_json(bad.as_bytes()).expect_err(bad);
        assert!(matches!(e, ImportError::Json(_)), "{e}");
    }
    let e = File::from_json(&nested(5000)).expect_err("too deep");
    assert!(matches!(e, ImportError::TooDeep(_)), "{e}");
    // As deep as the harness allows: it is read, walked and printed.
    let file = File::from_json(&nested(MAX_DEPTH)).expect("a tree");
    assert!(file.print().ends_with("var x = (*x)\n"));
}
