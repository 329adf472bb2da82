//! The function `main` of a standalone program: what is made ready, the goroutines, and
//! what they share.

use super::body::{Line, Uses, delivered, shared_importer};
use super::check::{self, Mode, meets};
use super::plan::{Imports, Plan};
use super::program::Options;
use super::text::quoted;
use crate::finding::{Finding, Kind};
use crate::scenario::{INSTANCES, Meet, Operation, Share};

/// Writes `main` and what it runs, line by line.
pub(super) struct Writer<'p, 'a> {
    pub plan: &'p Plan<'a>,
    pub mode: Mode,
    pub uses: &'p Uses,
    pub options: &'p Options,
    /// What is done before the goroutines start, for what they do.
    pub early: Vec<String>,
    pub out: String,
}

impl Writer<'_, '_> {
    fn say(&mut self, indent: usize, text: &str) {
        for line in text.split('\n') {
            self.out.extend(std::iter::repeat_n('\t', indent));
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// The function `main`, and `attempt` where a probe calls it.
    pub fn write(&mut self, finding: Option<&Finding>, before: &[Line], bodies: &[Vec<Line>]) {
        let options = self.options;
        if self.mode.fset {
            self.say(0, "var fset = token.NewFileSet()\n");
        }
        let once = options.attempts <= 1 && !options.probe;
        if self.mode.context && once {
            self.say(0, "var ctxt = types.NewContext() // in every types.Config\n");
        } else if self.mode.context {
            self.say(0, "var ctxt *types.Context // in every types.Config\n");
        }
        self.say(0, "func main() {");
        self.settings(finding);
        if once {
            self.attempt(before, bodies);
        } else if options.probe {
            self.say(1, "probe()");
        } else {
            let n = options.attempts;
            self.say(
                1,
                &match options.go_minor {
                    22.. => format!("for range {n} {{"),
                    _ => format!("for i := 0; i < {n}; i++ {{"),
                },
            );
            let above = std::mem::take(&mut self.out);
            self.say(1, "// Each attempt has packages of its own.");
            if self.mode.context {
                self.say(1, "ctxt = types.NewContext()");
            }
            self.attempt(before, bodies);
            let body = std::mem::replace(&mut self.out, above);
            for line in body.lines() {
                self.say(1, line);
            }
            self.say(1, "}");
        }
        match finding.map(|f| f.kind) {
            Some(Kind::Leak) => {
                self.say(1, "// Everything has returned: only this goroutine should be left.");
                self.say(1, "time.Sleep(time.Second)");
                self.say(1, "pprof.Lookup(\"goroutine\").WriteTo(os.Stdout, 1)");
            }
            Some(Kind::Memory) => {
                self.say(1, "var m runtime.MemStats");
                self.say(1, "runtime.ReadMemStats(&m)");
                self.say(1, "fmt.Println(\"allocated in all:\", m.TotalAlloc>>20, \"MiB\")");
            }
            _ => {}
        }
        self.say(0, "}");
        if options.probe {
            self.say(0, "\nfunc attempt() {");
            if self.mode.context {
                self.say(1, "ctxt = types.NewContext()");
            }
            self.attempt(before, bodies);
            self.say(0, "}");
        }
    }

    fn settings(&mut self, finding: Option<&Finding>) {
        let scenario = self.plan.scenario;
        let mut settings = scenario.godebug.clone();
        if self.options.go_minor == 22 && !settings.iter().any(|s| s.starts_with("gotypesalias=")) {
            settings.push("gotypesalias=1".to_owned());
        }
        if !settings.is_empty() {
            self.say(1, &format!("os.Setenv(\"GODEBUG\", {})", quoted(&settings.join(","))));
        }
        if let Some(n) = scenario.procs {
            self.say(1, &format!("runtime.GOMAXPROCS({n})"));
        }
        if finding.is_some_and(|f| f.kind.stalls()) {
            self.say(1, "// If it does not come to its end, print where every goroutine is.");
            self.say(1, "debug.SetTraceback(\"all\")");
            self.say(1, "time.AfterFunc(10*time.Second, func() { panic(\"no end after 10 s\") })");
        }
    }

    /// Where a scenario's `before` checks: without Config.Error if it leaves
    /// packages unfinished.
    fn check_before(&self, i: usize) -> String {
        let p = &self.plan.packages[i];
        let check = if self.plan.scenario.share.contains(&Share::Unfinished) {
            "checkUnfinished"
        } else {
            "check"
        };
        let importer = if self.plan.imports == Imports::None { "" } else { ", packages" };
        format!("{check}({}, {}Source{importer})", quoted(p.path), p.variable)
    }

    fn complete(&mut self, i: usize) {
        let p = &self.plan.packages[i];
        let import = self.plan.scenario.import;
        let mut checked = self.check_before(i);
        if self.mode.syntax {
            if self.uses.syntax.contains(&i) {
                self.say(1, &format!("{}Syntax := {checked}", p.variable));
                checked = format!("{}Syntax", p.variable);
            }
            checked.push_str(".Package");
        }
        let value = delivered(import, &checked);
        let keeps = self.plan.imports != Imports::None;
        let entry = format!("packages[{}]", quoted(p.path));
        match (self.uses.packages.contains(&i), keeps) {
            (true, _) => {
                self.say(1, &format!("{} := {value}", p.variable));
                if keeps {
                    self.say(1, &format!("{entry} = {}", p.variable));
                }
            }
            (false, true) => self.say(1, &format!("{entry} = {value}")),
            (false, false) if value.ends_with(')') => self.say(1, &value),
            (false, false) => {}
        }
    }

    fn attempt(&mut self, before: &[Line], bodies: &[Vec<Line>]) {
        let alone = self.plan.imports == Imports::Parallel && self.plan.completed.is_empty();
        if self.plan.imports != Imports::None && !alone {
            let unsafe_ = self.plan.packages.iter().any(|p| p.imports_others)
                && self
                    .plan
                    .packages
                    .iter()
                    .flat_map(|p| &p.files)
                    .any(|f| f.contains("\"unsafe\""));
            let first = if unsafe_ { "\"unsafe\": types.Unsafe" } else { "" };
            self.say(1, &format!("packages := importer{{{first}}}"));
        }
        let all = before.iter().chain(bodies.iter().flatten());
        let makes = |l: &Line| matches!(l, Line::Text(t) if t.contains("instances"));
        if all.into_iter().any(makes) {
            self.say(1, "var instances []types.Type");
        }
        for line in before {
            match line {
                Line::Complete(i) => self.complete(*i),
                Line::Text(text) => self.statement(1, text),
            }
        }
        self.shared();
        for line in std::mem::take(&mut self.early) {
            self.say(1, &line);
        }
        self.goroutines(bodies);
    }

    /// A statement; walks are told their order only where one has another.
    fn statement(&mut self, indent: usize, text: &str) {
        if self.uses.ordered {
            self.say(indent, text);
        } else {
            self.say(
                indent,
                &if text.contains("walk(") {
                    text.replace(", nil, ", ", ")
                } else {
                    text.to_owned()
                },
            );
        }
    }

    /// What goroutines share beside completed packages.
    fn shared(&mut self) {
        let scenario = self.plan.scenario;
        let shares = |s| scenario.share.contains(&s);
        let complete = !self.plan.completed.is_empty();
        match self.plan.imports {
            Imports::Locked if complete => {
                self.say(1, "shared := &locked{importer: importer{}, complete: packages}");
            }
            Imports::Locked => self.say(1, "shared := &locked{importer: packages}"),
            Imports::Parallel if complete => {
                self.say(1, "shared := &parallel{complete: packages}");
            }
            Imports::Parallel => self.say(1, "shared := new(parallel)"),
            Imports::Unlocked if complete => {
                self.say(1, "shared := unlocked{importer{}, packages}");
            }
            Imports::Unlocked => self.say(1, "shared := packages"),
            _ => {}
        }
        for (share, make) in [(Share::Interface, "openInterfaces"), (Share::Alias, "openAliases")] {
            if !shares(share) || !self.walks_instances() {
                continue;
            }
            for &i in &self.plan.completed {
                let v = if self.uses.packages.contains(&i) {
                    self.plan.packages[i].variable.clone()
                } else if self.plan.imports == Imports::None {
                    continue;
                } else {
                    format!("packages[{}]", quoted(self.plan.packages[i].path))
                };
                self.say(1, &format!("instances = append(instances, {make}({v})...)"));
            }
        }
        let checks: Vec<(usize, usize)> = scenario
            .go
            .iter()
            .enumerate()
            .flat_map(|(g, ops)| ops.iter().map(move |op| (g + 1, op)))
            .filter_map(|(g, op)| match op {
                Operation::Check { package } => self.plan.index(package).map(|i| (g, i)),
                _ => None,
            })
            .collect();
        if checks.is_empty() {
            return;
        }
        let importer = shared_importer(self.plan);
        let context = if self.mode.context { "Context: ctxt, " } else { "" };
        let conf = format!(
            "&types.Config{{{context}Importer: {importer}, Error: {}}}",
            check::error_func(self.plan)
        );
        if shares(Share::Config) {
            self.say(1, &format!("conf := {conf}"));
        }
        if shares(Share::Info) {
            self.say(1, "info := newInfo()");
        }
        let mut seen = Vec::new();
        for &(g, i) in &checks {
            let (v, path) =
                (self.plan.packages[i].variable.clone(), quoted(self.plan.packages[i].path));
            let own = !shares(Share::Package) && !shares(Share::Checker);
            if shares(Share::Incomplete) && own && !seen.contains(&(g, i)) {
                let name = format!("{v}Package{g}");
                self.say(1, &format!("{name} := types.NewPackage({path}, \"\")"));
                self.say(1, &format!("{name}.MarkComplete()"));
                if self.plan.imports != Imports::None && !self.plan.completed.contains(&i) {
                    self.say(1, &format!("packages[{path}] = {name}"));
                }
            }
            seen.push((g, i));
            if seen.iter().filter(|(_, j)| *j == i).count() > 1 {
                continue;
            }
            if shares(Share::Ast) {
                self.say(1, &format!("{v}Files := parse({path}, {v}Source)"));
            }
            if !own {
                self.say(1, &format!("{v}Package := types.NewPackage({path}, \"\")"));
                if shares(Share::Incomplete) && self.plan.imports != Imports::None {
                    self.say(1, &format!("packages[{path}] = {v}Package"));
                }
            }
            if shares(Share::Checker) {
                let conf = if shares(Share::Config) { "conf" } else { conf.as_str() };
                let info = if shares(Share::Info) { "info" } else { "newInfo()" };
                let line =
                    format!("{v}Checker := types.NewChecker({conf}, fset, {v}Package, {info})");
                self.say(1, &line);
            }
        }
    }

    fn walks_instances(&self) -> bool {
        let walks =
            |op: &Operation| matches!(op, Operation::Walk { package, .. } if package == INSTANCES);
        self.plan.scenario.go.iter().flatten().any(walks)
    }

    fn goroutines(&mut self, bodies: &[Vec<Line>]) {
        let meets = meets(self.plan);
        if meets {
            self.say(1, "arrived.Store(0)");
        }
        let n = bodies.len();
        let alone = n == 1;
        let first = self.goroutine(bodies, 0);
        if alone {
            for line in first {
                self.statement(1, &line);
            }
            return;
        }
        // WaitGroup.Go counts and calls Done itself.
        let by_group = self.options.go_minor >= 25;
        self.say(1, "var wg sync.WaitGroup");
        if !by_group {
            self.say(1, &format!("wg.Add({n})"));
        }
        let start = self.plan.scenario.meet.contains(&Meet::Start) && !meets;
        if start {
            self.say(1, "start := make(chan struct{})");
        }
        let all: Vec<Vec<String>> = (0..n).map(|i| self.goroutine(bodies, i)).collect();
        let same = n > 1 && all.iter().all(|b| *b == all[0]);
        let indent = if same { 2 } else { 1 };
        if same {
            let times = match self.options.go_minor {
                22.. => format!("for range {n} {{"),
                _ => format!("for i := 0; i < {n}; i++ {{"),
            };
            self.say(1, &times);
        }
        for body in all.iter().take(if same { 1 } else { n }) {
            if let ([line], true) = (&body[..], by_group && !meets && !start)
                && !line.contains('\n')
            {
                self.statement(indent, &format!("wg.Go(func() {{ {line} }})"));
                continue;
            }
            if by_group {
                self.say(indent, "wg.Go(func() {");
            } else {
                self.say(indent, "go func() {");
                self.say(indent + 1, "defer wg.Done()");
            }
            if meets {
                self.say(indent + 1, "defer arrived.Add(1) // nobody waits for this one any more");
            }
            if start {
                self.say(indent + 1, "<-start");
            }
            for line in body {
                self.statement(indent + 1, line);
            }
            self.say(indent, if by_group { "})" } else { "}()" });
        }
        if same {
            self.say(1, "}");
        }
        if start {
            self.say(1, "close(start)");
        }
        self.say(1, "wg.Wait()");
    }

    /// A goroutine's statements with its importer.
    fn goroutine(&self, bodies: &[Vec<Line>], i: usize) -> Vec<String> {
        let Some(body) = bodies.get(i) else { return Vec::new() };
        let mut lines: Vec<String> = body
            .iter()
            .filter_map(|l| match l {
                Line::Text(t) => Some(t.clone()),
                Line::Complete(_) => None,
            })
            .collect();
        let uses = |l: &String| {
            l.contains(", im)") || l.contains("im.Import(") || l.contains("Importer: im,")
        };
        let times = lines.iter().filter(|l| uses(l)).count();
        if times == 0 {
            return lines;
        }
        let own = match self.plan.imports {
            Imports::Own if self.plan.completed.is_empty() => "importer{}".to_owned(),
            Imports::Own => "maps.Clone(packages)".to_owned(),
            _ => shared_importer(self.plan).to_owned(),
        };
        let made = if meets(self.plan) { format!("&meeting{{Importer: {own}}}") } else { own };
        if times == 1 && lines.iter().any(|l| l.ends_with(", im)") && l.starts_with("check(")) {
            for line in &mut lines {
                *line = line.replace(", im)", &format!(", {made})"));
            }
        } else {
            lines.insert(0, format!("im := {made}"));
        }
        lines
    }
}
