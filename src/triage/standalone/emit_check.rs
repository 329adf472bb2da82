//! The operation `check`, which can share the most.

use super::goroutine::Goroutine;
use super::line::CheckLine;
use super::text::quoted;
use crate::scenario::Share;

impl Goroutine<'_, '_> {
    /// Emits a check.
    pub(super) fn check(&mut self, path: &str) {
        let plan = self.cx.plan;
        let Some(i) = plan.index(path) else { return };
        if self.id == 0 {
            self.finish(i);
        } else if self.cx.mode.special {
            self.special_check(i);
        } else {
            let p = &plan.packages[i];
            let mut arguments = format!("{}, {}Source", quoted(p.path), p.variable);
            if self.cx.mode.imports {
                arguments.push_str(&format!(", {}", self.importer()));
            }
            self.checked(i, CheckLine::call(&p.variable, arguments, self.settings));
        }
    }

    /// A check that shares something that it should have for itself.
    fn special_check(&mut self, i: usize) {
        let cx = self.cx;
        let p = &cx.plan.packages[i];
        let (v, path) = (&p.variable, quoted(p.path));
        self.uses.helper("fset");
        let own = !cx.shares(Share::Package) && !cx.shares(Share::Checker);
        let files = if cx.shares(Share::Ast) {
            format!("{v}Files")
        } else {
            self.uses.helper("parse");
            cx.parse(i)
        };
        if cx.shares(Share::Checker) {
            let text = format!("{v}Checker.Files({files})");
            self.checked(i, CheckLine::filled(format!("{v}Package"), text));
            return;
        }
        let conf = if cx.shares(Share::Config) {
            "conf".to_owned()
        } else {
            let importer = if cx.mode.imports { self.importer() } else { String::new() };
            format!("&{}", cx.mode.config(&importer, self.settings, Some(cx.mode.error(false))))
        };
        let records = cx.mode.info && !self.settings.no_info;
        let info = match (cx.shares(Share::Info), records) {
            (true, _) => "info",
            (false, true) => "newInfo()",
            (false, false) => "nil",
        };
        if info == "newInfo()" {
            self.uses.helper("newInfo");
        }
        let before = format!("types.NewChecker({conf}, fset, ");
        let rest = format!(", {info}).Files({files})");
        let package = match own {
            false => format!("{v}Package"),
            true if cx.shares(Share::Incomplete) => format!("{v}Package{}", self.id),
            true => {
                let new = format!("types.NewPackage({path}, \"\")");
                self.checked(i, CheckLine::written(v, [before, new, rest]));
                return;
            }
        };
        let text = format!("{before}{package}{rest}");
        self.checked(i, CheckLine::filled(package, text));
    }
}
