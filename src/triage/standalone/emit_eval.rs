//! Operations that evaluate expressions.

use super::goroutine::Goroutine;
use super::text::quoted;

/// Where an expression is evaluated.
struct At {
    fset: String,
    pkg: String,
    pos: String,
}

impl Goroutine<'_, '_> {
    /// The arguments of an evaluation in a package; `None` if there is no package.
    fn at(&mut self, path: &str, place: Option<u32>) -> Option<At> {
        if let Some(n) = place
            && let Some(syntax) = self.syntax(path)
        {
            let block = self.uses.helper("blockEnd");
            return Some(At {
                fset: format!("{syntax}.fileSet"),
                pkg: format!("{syntax}.pkg"),
                pos: format!("{block}({syntax}, {n})"),
            });
        }
        let pkg = self.package_of(path)?;
        let fset = if self.cx.mode.fset { self.uses.helper("fset") } else { "token.NewFileSet()" };
        Some(At { fset: fset.to_owned(), pkg, pos: "token.NoPos".to_owned() })
    }

    /// Emits `eval`.
    pub(super) fn eval(&mut self, path: &str, place: Option<u32>, expr: &str) {
        let Some(At { fset, pkg, pos }) = self.at(path, place) else { return };
        let call = format!("types.Eval({fset}, {pkg}, {pos}, {})", quoted(expr));
        if self.keeps {
            self.keep(&format!("if tv, err := {call}; err == nil"), "tv.Type");
            return;
        }
        match self.instance() {
            Some(name) => {
                let value = format!("{name}Value");
                self.say(format!("{value}, _ := {call}"));
                self.say(format!("{name} := {value}.Type"));
            }
            None => self.say(call),
        }
    }

    /// Emits `checkexpr`.
    pub(super) fn check_expr(&mut self, path: &str, place: Option<u32>, expr: &str) {
        let Some(At { fset, pkg, pos }) = self.at(path, place) else { return };
        let call = |info| format!("types.CheckExpr({fset}, {pkg}, {pos}, expr, {info})");
        let inner = if self.keeps {
            self.uses.instances = true;
            format!(
                "info := &types.Info{{Types: make(map[ast.Expr]types.TypeAndValue)}}\n\tif {} == nil {{\n\t\tinstances = append(instances, info.TypeOf(expr))\n\t}}",
                call("info")
            )
        } else {
            call("nil")
        };
        let parse = format!("if expr, err := parser.ParseExpr({}); err == nil", quoted(expr));
        self.block(&parse, &inner);
    }

    /// Emits `checknode`.
    pub(super) fn check_node(&mut self, path: &str, node: u32) {
        let Some(syntax) = self.syntax(path) else { return };
        let call = format!("{}({syntax}, {node})", self.uses.helper("checkNode"));
        if self.keeps {
            self.uses.instances = true;
            self.say(format!("instances = append(instances, {call}...)"));
        } else {
            self.say(call);
        }
    }
}
