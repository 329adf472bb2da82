//! Layout by example. tests/round_trip.rs and tests/any_tree.rs check far more against gofmt and
//! go/parser.

use super::super::*;
use crate::goast::build::{
    call, chan_of, field, func_type, ident, instance, int, paren, selector, slice_of, star,
    unnamed, value_spec,
};

fn id(name: &str) -> Expr {
    ident(name)
}

fn unary(op: Token, x: Expr) -> Expr {
    Expr::UnaryExpr(UnaryExpr { op, x: Box::new(x) })
}

fn binary(x: Expr, op: Token, y: Expr) -> Expr {
    Expr::BinaryExpr(BinaryExpr { x: Box::new(x), op, y: Box::new(y) })
}

fn recv_chan(value: Expr) -> Expr {
    Expr::ChanType(ChanType { dir: ChanDir::Recv, value: Box::new(value) })
}

fn literal(typ: Option<Expr>, elts: Vec<Expr>) -> Expr {
    Expr::CompositeLit(CompositeLit { typ: typ.map(Box::new), elts })
}

fn func(params: Vec<Field>, results: Vec<Field>) -> Expr {
    Expr::FuncType(func_type(params, results))
}

fn interface(methods: Vec<Field>) -> Expr {
    Expr::InterfaceType(InterfaceType { methods })
}

fn array(len: Expr, elt: Expr) -> Expr {
    Expr::ArrayType(ArrayType { len: Some(Box::new(len)), elt: Box::new(elt) })
}

fn structure(fields: Vec<Field>) -> Expr {
    Expr::StructType(StructType { fields })
}

fn body(list: Vec<Stmt>) -> BlockStmt {
    BlockStmt { list }
}

fn print_decl(d: Decl) -> String {
    let file = File { name: "p".into(), go_version: None, decls: vec![d] };
    file.print().strip_prefix("package p\n\n").expect("a package clause").to_owned()
}

fn type_spec(name: &str, type_params: Vec<Field>, typ: Expr) -> Spec {
    Spec::TypeSpec(TypeSpec { name: name.into(), type_params, assign: false, typ })
}

fn decl(tok: DeclTok, specs: Vec<Spec>) -> Decl {
    Decl::GenDecl(GenDecl { tok, grouped: specs.len() != 1, specs })
}

#[test]
fn blanks_show_precedence() {
    use Token::{Add, And, LAnd, Lss, Mul, Quo, Sub, Xor};
    let (a, b, c) = (|| id("a"), || id("b"), || id("c"));
    let cases = [
        (binary(a(), Add, b()), "a + b"),
        (binary(binary(a(), Mul, b()), Add, c()), "a*b + c"),
        (binary(a(), Lss, binary(b(), Add, c())), "a < b+c"),
        (call(id("f"), vec![binary(a(), Add, b()), c()]), "f(a+b, c)"),
        (binary(binary(a(), Add, b()), Mul, c()), "(a + b) * c"),
        (binary(a(), Sub, binary(b(), Sub, c())), "a - (b - c)"),
        (binary(a(), Sub, unary(Sub, b())), "a - -b"),
        (binary(a(), And, unary(Xor, b())), "a & ^b"),
        (binary(a(), Quo, star(b())), "a / *b"),
        (binary(binary(a(), Mul, b()), LAnd, c()), "a*b && c"),
    ];
    for (e, want) in cases {
        assert_eq!(e.print(), want);
    }
}

#[test]
fn parentheses_where_needed() {
    use Token::{Add, And, Arrow, Mul, Sub, Xor};
    let cases = [
        (unary(Sub, unary(Sub, id("x"))), "- -x"),
        (unary(And, unary(And, id("x"))), "& &x"),
        (unary(And, unary(Xor, id("x"))), "& ^x"),
        (unary(Arrow, unary(Sub, id("x"))), "<--x"),
        (unary(Arrow, chan_of(id("T"))), "<-(chan T)"),
        (star(binary(id("a"), Add, id("b"))), "*(a + b)"),
        (call(star(id("T")), vec![id("x")]), "(*T)(x)"),
        (call(func(vec![], vec![]), vec![id("x")]), "(func())(x)"),
        (call(recv_chan(id("T")), vec![id("x")]), "(<-chan T)(x)"),
        (call(chan_of(id("T")), vec![id("x")]), "chan T(x)"),
        (call(slice_of(func(vec![], vec![])), vec![id("x")]), "([]func())(x)"),
        (selector(slice_of(id("T")), "m"), "([]T).m"),
        (chan_of(recv_chan(id("T"))), "chan (<-chan T)"),
        (recv_chan(recv_chan(id("T"))), "<-chan <-chan T"),
        (binary(func(vec![], vec![]), Mul, id("x")), "(func()) * x"),
        (selector(int(1), "x"), "1 .x"),
        (paren(paren(id("x"))), "(x)"),
        (literal(Some(paren(id("T"))), vec![]), "T{}"),
        (literal(Some(id("T")), vec![literal(None, vec![int(1)])]), "T{{1}}"),
        (literal(None, vec![]), "struct{}{}"),
    ];
    for (e, want) in cases {
        assert_eq!(e.print(), want);
    }
}

#[test]
fn headers_protect_literals() {
    let lit = || literal(Some(id("T")), vec![]);
    let generic = || literal(Some(instance(id("T"), vec![id("int")])), vec![]);
    let header = |cond| {
        let s = Stmt::IfStmt(IfStmt { init: None, cond, body: BlockStmt::default(), els: None });
        s.print()
    };
    let x_is = |y| binary(id("x"), Token::Eql, y);
    let cases = [
        (x_is(lit()), "if x == (T{}) {\n}"),
        (x_is(generic()), "if x == (T[int]{}) {\n}"),
        (x_is(literal(Some(slice_of(id("T"))), vec![])), "if x == []T{} {\n}"),
        (call(id("f"), vec![lit()]), "if f(T{}) {\n}"),
        (paren(id("x")), "if x {\n}"),
        (paren(x_is(lit())), "if (x == T{}) {\n}"),
        (paren(paren(x_is(id("y")))), "if x == y {\n}"),
        (x_is(func(vec![], vec![])), "if x == func() {} {\n}"),
        (call(slice_of(id("T")), vec![id("x")]), "if []T(x) {\n}"),
    ];
    for (cond, want) in cases {
        assert_eq!(header(cond), want);
    }
}

#[test]
fn type_parameters_are_no_array_lengths() {
    let with = |c: Expr| type_spec("T", vec![field("P", c)], id("int"));
    let of_len = |len: Expr| type_spec("T", vec![], array(len, id("int")));
    let product = |y| binary(id("P"), Token::Mul, y);
    let cases = [
        (with(star(id("C"))), "type T[P *C,] int\n"),
        (with(paren(star(id("C")))), "type T[P *C,] int\n"),
        (with(star(structure(vec![]))), "type T[P *struct{}] int\n"),
        (with(id("C")), "type T[P C] int\n"),
        (of_len(product(id("C"))), "type T [P * C]int\n"),
        (of_len(product(structure(vec![]))), "type T [(P * struct{})]int\n"),
        (
            of_len(Expr::IndexExpr(IndexExpr { x: Box::new(id("a")), index: Box::new(int(0)) })),
            "type T [(a[0])]int\n",
        ),
        (of_len(call(id("len"), vec![id("a")])), "type T [len(a)]int\n"),
    ];
    for (spec, want) in cases {
        assert_eq!(print_decl(decl(DeclTok::Type, vec![spec])), want);
    }
}

#[test]
fn short_types_stay_on_the_line() {
    let method = |name: &str, results: usize| {
        let results = (0..results).map(|_| unnamed(id("int"))).collect();
        field(name, func(vec![], results))
    };
    let long = id("thirtyoneCharactersInAName12345");
    let cases = [
        (structure(vec![field("x", id("int"))]), "struct{ x int }"),
        (
            structure(vec![field("x", long.clone())]),
            "struct {\n\tx thirtyoneCharactersInAName12345\n}",
        ),
        (
            interface(vec![method("aLongNameThatDoesNotCount", 3)]),
            "interface{ aLongNameThatDoesNotCount() (int, int, int) }",
        ),
        (interface(vec![method("m", 6)]), "interface {\n\tm() (int, int, int, int, int, int)\n}"),
        (
            structure(vec![field("s", structure(vec![field("x", long)]))]),
            "struct {\n\ts struct {\n\t\tx thirtyoneCharactersInAName12345\n\t}\n}",
        ),
    ];
    for (e, want) in cases {
        assert_eq!(e.print(), want);
    }
}

#[test]
fn columns_are_aligned_by_section() {
    let tagged = |mut f: Field| {
        f.tag = Some("`t`".to_owned());
        f
    };
    let inner = structure(vec![field("x", id("int")), field("long", id("int"))]);
    let s = structure(vec![
        field("a", id("int")),
        tagged(field("bcd", slice_of(id("byte")))),
        tagged(unnamed(id("Embedded"))),
        tagged(field("s", inner)),
        field("longest", id("int")),
        field("e", id("int")),
    ]);
    let want = "\
struct {
	a        int
	bcd      []byte `t`
	Embedded `t`
	s        struct {
		x    int
		long int
	} `t`
	longest int
	e       int
}";
    assert_eq!(s.print(), want);

    let value = |name: &str, typ: Option<&str>, value: Option<u64>| {
        Spec::ValueSpec(value_spec(name, typ.map(id), value.map(int)))
    };
    let consts = vec![
        value("foobar", Some("int"), Some(42)),
        value("x", None, Some(7)),
        value("foo", None, None),
        value("b", None, Some(991)),
    ];
    let want = "\
const (
	foobar int = 42
	x          = 7
	foo
	b = 991
)
";
    assert_eq!(print_decl(decl(DeclTok::Const, consts)), want);
}

#[test]
fn tall_results_have_a_line_each() {
    let lit = || {
        Expr::FuncLit(FuncLit {
            typ: FuncType::default(),
            body: body(vec![Stmt::ExprStmt(id("x"))]),
        })
    };
    let s = Stmt::BlockStmt(body(vec![Stmt::ReturnStmt(vec![lit(), id("y"), lit()])]));
    let want = "\
{
	return func() {
			x
		},
		y,
		func() {
			x
		}
}";
    assert_eq!(s.print(), want);
    let one = Stmt::ReturnStmt(vec![lit(), id("y")]);
    assert_eq!(one.print(), "return func() {\n\tx\n}, y");
}

#[test]
fn labels_stick_out() {
    let labeled = |stmt| Stmt::LabeledStmt(LabeledStmt { label: "L".into(), stmt: Box::new(stmt) });
    let s = Stmt::BlockStmt(body(vec![
        labeled(Stmt::ExprStmt(id("x"))),
        labeled(Stmt::EmptyStmt),
        Stmt::EmptyStmt,
        labeled(Stmt::EmptyStmt),
    ]));
    assert_eq!(s.print(), "{\nL:\n\tx\nL:\n\t;\nL:\n}");
}

#[test]
fn imports_come_first_and_sorted() {
    let import = |path: &str, name: Option<&str>| {
        Spec::ImportSpec(ImportSpec { name: name.map(Ident::from), path: path.to_owned() })
    };
    let group =
        vec![import("b", None), import("a", Some("x")), import("a", None), import("b", None)];
    let mut file = File {
        name: "p".into(),
        go_version: None,
        decls: vec![
            decl(DeclTok::Type, vec![type_spec("T", vec![], id("int"))]),
            decl(DeclTok::Type, vec![type_spec("U", vec![], id("int"))]),
            decl(DeclTok::Import, group),
        ],
    };
    let want = "package p\n\nimport (\n\t\"a\"\n\tx \"a\"\n\t\"b\"\n)\n\ntype T int\ntype U int\n";
    assert_eq!(file.print(), want);
    file.normalize();
    assert_eq!(file.print(), want);
    assert_eq!(file.imports().count(), 3);
}

#[test]
fn deep_types_cost_no_more_than_others() {
    // Each level is first tried on one line. Without a limit on the trials this would take 2^200
    // steps.
    let mut t = id("T");
    for _ in 0..200 {
        t = structure(vec![field("f", t)]);
    }
    let text = t.print();
    assert!(text.lines().count() > 300);
    assert!(text.contains("struct{ f struct{ f T } }"));
}
