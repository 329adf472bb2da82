//! The preparations before the goroutines start: completed packages, and other things that
//! goroutines share.

use super::checks::{Check, delivered, delivery, is_from_source};
use super::line::Line;
use super::plan::{Imports, walks_instances};
use super::settings::Settings;
use super::text::quoted;
use super::uses::{Context, Uses};
use crate::scenario::{Operation, Share};

impl Context<'_, '_> {
    /// A call that parses the files of a package.
    pub(super) fn parse(&self, i: usize) -> String {
        let p = &self.plan.packages[i];
        format!("parse(fset, {}, {}Source{})", quoted(p.path), p.variable, self.mode.dots())
    }

    /// The helper that delivers checked packages to importers, if there is one.
    pub(super) fn delivery(&self) -> Option<&'static str> {
        delivery(self.plan.scenario.import)
    }

    /// Statements that create what goroutines share.
    pub(super) fn shared(&self, uses: &mut Uses) -> Vec<String> {
        let mut out = self.by_hand(uses);
        out.extend(self.shared_checks(uses));
        if uses.shared {
            out.insert(0, format!("shared := {}", self.shared_importer(uses)));
        }
        out
    }

    /// An expression for the importer that goroutines share.
    fn shared_importer(&self, uses: &mut Uses) -> String {
        let kind = match (self.plan.imports, uses.completed(self)) {
            (Imports::Parallel, None) => return format!("new({})", uses.helper("parallel")),
            (Imports::Parallel, Some(packages)) => {
                return format!("&{}{{complete: {packages}}}", uses.helper("parallel"));
            }
            (Imports::Unlocked, None) => return uses.loader(self),
            (Imports::Unlocked, _) => uses.helper("unlocked"),
            _ => uses.helper("locked"),
        };
        let complete = uses.completed(self).map(|p| format!("complete: {p}, ")).unwrap_or_default();
        let sign = if kind == "locked" { "&" } else { "" };
        format!("{sign}{kind}{{{complete}loader: {}}}", uses.loader(self))
    }

    /// Types made by hand, which are among the instances.
    fn by_hand(&self, uses: &mut Uses) -> Vec<String> {
        let mut out = Vec::new();
        if !self.plan.scenario.go.iter().flatten().any(walks_instances) {
            return out;
        }
        for (share, make) in [(Share::Interface, "openInterfaces"), (Share::Alias, "openAliases")] {
            for &i in self.plan.completed.iter().filter(|_| self.shares(share)) {
                uses.packages.insert(i);
                uses.instances = true;
                let v = &self.plan.packages[i].variable;
                let make = uses.helper(make);
                out.push(format!("instances = append(instances, {make}({v})...)"));
            }
        }
        out
    }

    /// The goroutines that check a package, and the package.
    fn checks(&self) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        for (g, ops) in self.plan.scenario.go.iter().enumerate() {
            for op in ops {
                if let Operation::Check { package } = op
                    && let Some(i) = self.plan.index(package)
                    && !all.contains(&(g + 1, i))
                {
                    all.push((g + 1, i));
                }
            }
        }
        all
    }

    /// The common properties of checks in several goroutines.
    fn shared_checks(&self, uses: &mut Uses) -> Vec<String> {
        let checks = self.checks();
        let mut out = Vec::new();
        if checks.is_empty() || !self.mode.special {
            return out;
        }
        let shares = |share| self.shares(share);
        let conf = if shares(Share::Config) || shares(Share::Checker) {
            let importer = self.renamed(uses.importer(self.plan).to_owned(), uses);
            let importer = self.with_errors(importer, uses);
            let error = Some(self.mode.error(false));
            format!("&{}", self.mode.config(&importer, Settings::default(), error))
        } else {
            String::new()
        };
        if shares(Share::Config) {
            out.push(format!("conf := {conf}"));
        }
        if shares(Share::Info) {
            out.push(format!("info := {}()", uses.helper("newInfo")));
        }
        let own = !shares(Share::Package) && !shares(Share::Checker);
        let enters = shares(Share::Incomplete) && self.plan.imports != Imports::None;
        for (n, &(g, i)) in checks.iter().enumerate() {
            let v = &self.plan.packages[i].variable;
            let path = quoted(self.plan.packages[i].path);
            if shares(Share::Incomplete) && own {
                let name = format!("{v}Package{g}");
                out.push(format!("{name} := types.NewPackage({path}, \"\")"));
                out.push(format!("{name}.MarkComplete()"));
                if enters && !self.plan.completed.contains(&i) {
                    uses.complete = true;
                    out.push(format!("packages[{path}] = {name}"));
                }
            }
            if checks[..n].iter().any(|(_, j)| *j == i) {
                continue;
            }
            if shares(Share::Ast) {
                uses.helper("parse");
                out.push(format!("{v}Files := {}", self.parse(i)));
            }
            if !own {
                out.push(format!("{v}Package := types.NewPackage({path}, \"\")"));
                if enters {
                    uses.complete = true;
                    out.push(format!("packages[{path}] = {v}Package"));
                }
            }
            if shares(Share::Checker) {
                let conf = if shares(Share::Config) { "conf" } else { conf.as_str() };
                let info = if shares(Share::Info) { "info" } else { uses.helper("newInfo") };
                let call = if shares(Share::Info) { "" } else { "()" };
                out.push(format!(
                    "{v}Checker := types.NewChecker({conf}, fset, {v}Package, {info}{call})"
                ));
            }
        }
        out
    }

    /// Statements of `before`, with the variables that the program uses.
    pub(super) fn before(&self, lines: &[Line], uses: &mut Uses) -> Vec<String> {
        let imports = |i: &usize| {
            let p = &self.plan.packages[*i];
            self.mode.imports && (p.imports_others || !p.imports.is_empty())
        };
        let compiles = self.delivery() == Some("compiled") && !self.plan.completed.is_empty();
        uses.complete |= compiles || self.plan.completed.iter().any(imports);
        let mut out = Vec::new();
        if uses.complete {
            let files = || self.plan.packages.iter().flat_map(|p| &p.files);
            let unsafe_ = self.plan.packages.iter().any(|p| p.imports_others)
                && files().any(|f| f.contains("\"unsafe\""));
            let first = if unsafe_ { "\"unsafe\": types.Unsafe" } else { "" };
            let kind = match self.plan.imports {
                Imports::Own | Imports::Locked | Imports::Unlocked => "loader",
                _ => "importer",
            };
            out.push(format!("packages := {}{{{first}}}", uses.helper(kind)));
        }
        if uses.instances {
            out.push("var instances []types.Type".to_owned());
        }
        for line in lines {
            match line {
                Line::Complete(i, settings) => {
                    let importer = match (self.mode.imports, imports(i)) {
                        (false, _) => None,
                        (true, true) => Some(self.renamed("packages".to_owned(), uses)),
                        (true, false) => Some("nil".to_owned()),
                    };
                    self.complete(*i, *settings, importer, uses, &mut out);
                }
                line => out.extend(line.text().map(str::to_owned)),
            }
        }
        out
    }

    /// Checks a package and keeps it if something uses it.
    fn complete(
        &self,
        i: usize,
        settings: Settings,
        importer: Option<String>,
        uses: &mut Uses,
        out: &mut Vec<String>,
    ) {
        let p = &self.plan.packages[i];
        let (v, path) = (&p.variable, quoted(p.path));
        let stops = self.shares(Share::Unfinished);
        let syntax = uses.syntax.contains(&i);
        let check = uses.check(Check { syntax, stops, settings }, self.mode);
        let importer = importer.map(|im| format!(", {im}")).unwrap_or_default();
        let mut value = format!("{check}({path}, {v}Source{importer})");
        if syntax {
            out.push(format!("{v}Syntax := {value}"));
            value = format!("{v}Syntax.pkg");
        }
        if !is_from_source(self.plan.scenario.import, i) {
            let source = format!("{v}Source{}", self.mode.dots());
            let helper;
            (helper, value) = delivered(self.plan.scenario.import, value, "packages", &source);
            uses.helpers.extend(helper);
        }
        match (uses.packages.contains(&i), uses.complete) {
            (true, enters) => {
                out.push(format!("{v} := {value}"));
                if enters {
                    out.push(format!("packages[{path}] = {v}"));
                }
            }
            (false, true) => out.push(format!("packages[{path}] = {value}")),
            (false, false) if value.ends_with(')') => out.push(value),
            (false, false) => {}
        }
    }
}
