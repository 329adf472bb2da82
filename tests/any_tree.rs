//! Whatever tree the printer is given, go/parser accepts its text.

use std::path::PathBuf;

use treedump::{collect, dump, goroot_src};
use typerace::goast::walk::{walk_expr_mut, walk_file_mut, walk_stmt_mut};
use typerace::goast::{Expr, File, MAX_DEPTH, Role, Stmt, Token, VisitorMut};
use typerace::rng::Rng;

mod treedump;

/// Parts of trees to put into other trees.
struct Donors {
    exprs: Vec<(Role, Expr)>,
    stmts: Vec<Stmt>,
}

impl Donors {
    fn of(trees: &[File]) -> Self {
        let mut donors = Self { exprs: Vec::new(), stmts: Vec::new() };
        for tree in trees {
            tree.clone().for_each_expr(|e, role| donors.exprs.push((role, e.clone())));
            let mut each = EachStmt(|s: &mut Stmt| donors.stmts.push(s.clone()));
            walk_file_mut(&mut each, &mut tree.clone());
        }
        donors
    }
}

struct EachStmt<F>(F);

impl<F: FnMut(&mut Stmt)> VisitorMut for EachStmt<F> {
    fn stmt(&mut self, s: &mut Stmt) {
        (self.0)(s);
        walk_stmt_mut(self, s);
    }
}

/// Replaces parts at random.
struct Breaker<'a> {
    rng: &'a mut Rng,
    donors: &'a Donors,
    /// One in this number of parts is replaced.
    rarity: usize,
    /// Whether types replace types only and values replace values.
    sensible: bool,
}

impl Breaker<'_> {
    fn token(&mut self) -> Token {
        *self.rng.choose(Token::ALL).expect("tokens")
    }
}

impl VisitorMut for Breaker<'_> {
    fn expr(&mut self, e: &mut Expr, role: Role) {
        if self.rng.below(self.rarity) > 0 {
            return walk_expr_mut(self, e, role);
        }
        match e {
            Expr::UnaryExpr(x) if self.rng.chance(30) => x.op = self.token(),
            Expr::BinaryExpr(x) if self.rng.chance(30) => x.op = self.token(),
            // The expression inside the parentheses.
            Expr::ParenExpr(x) if self.rng.chance(50) => *e = (*x.x).clone(),
            Expr::CompositeLit(x) if self.rng.chance(20) => x.typ = None,
            Expr::SliceExpr(x) if self.rng.chance(30) => x.high = None,
            Expr::CallExpr(x) if self.rng.chance(20) => x.ellipsis = !x.ellipsis,
            Expr::FuncType(x) if self.rng.chance(30) => {
                x.params.iter_mut().step_by(2).for_each(|f| f.names.clear());
            }
            _ => loop {
                let (from, donor) = self.rng.choose(&self.donors.exprs).expect("expressions");
                if !self.sensible || from.is_type() == role.is_type() {
                    *e = donor.clone();
                    break;
                }
            },
        }
    }

    fn stmt(&mut self, s: &mut Stmt) {
        if self.rng.below(self.rarity) > 0 {
            return walk_stmt_mut(self, s);
        }
        match s {
            Stmt::AssignStmt(x) if self.rng.chance(40) => x.tok = self.token(),
            Stmt::RangeStmt(x) if self.rng.chance(40) => x.key = None,
            _ => *s = self.rng.choose(&self.donors.stmts).expect("statements").clone(),
        }
    }
}

#[test]
fn broken_trees_parse() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let tool = treedump::build(dir.path());
    let mut files = Vec::new();
    collect(&goroot_src().join("go/types"), &mut files, false);
    let testdata = goroot_src().join("internal/types/testdata");
    if testdata.is_dir() {
        collect(&testdata, &mut files, true);
    }
    let dumps = dump(&tool, &[], &files);
    let parsed = dumps.iter().filter(|d| d.status == "ok");
    let mut trees: Vec<_> =
        parsed.map(|d| File::from_json(d.text.as_bytes()).expect("a tree")).collect();
    trees.retain(|t| t.count_nodes() < 3000);
    let donors = Donors::of(&trees);
    let rng =
        &mut Rng::new(std::env::var("BROKEN_SEED").map_or(1, |s| s.parse().expect("a number")));
    let mut printed: Vec<PathBuf> = Vec::new();
    for i in 0..3000 {
        let mut tree = rng.choose(&trees).expect("trees").clone();
        let (rarity, sensible) = (10 + rng.below(200), rng.chance(50));
        walk_file_mut(&mut Breaker { rng, donors: &donors, rarity, sensible }, &mut tree);
        if tree.depth() > MAX_DEPTH {
            continue;
        }
        let path = dir.path().join(format!("{i}.go"));
        std::fs::write(&path, tree.print()).expect("written");
        printed.push(path);
    }
    let dumps = dump(&tool, &["-fmt"], &printed);
    let count = |status| dumps.iter().filter(|d| d.status == status).count();
    let (errors, unstable) = (count("error"), count("gofmt"));
    eprintln!("{} trees, {errors} do not parse, gofmt changes {unstable}", printed.len());
    let wrong = printed.iter().zip(&dumps).filter(|(_, d)| d.status != "ok");
    let wrong: Vec<_> = wrong
        .map(|(p, d)| {
            let what = d.text.chars().take(200).collect::<String>();
            format!("{}: {} {what}", p.display(), d.status)
        })
        .collect();
    if !wrong.is_empty() && std::env::var_os("ROUND_TRIP_KEEP").is_some() {
        eprintln!("kept {}", dir.keep().display());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
