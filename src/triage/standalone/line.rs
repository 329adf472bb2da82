//! A statement of a program. Some statements become text only when it is known what later
//! statements use.

use std::collections::BTreeSet;

use super::checks::{Check, Mode};
use super::settings::Settings;
use super::uses::Uses;

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Plain text.
    Text(String),
    /// Checks a package before the goroutines start.
    Complete(usize, Settings),
    /// Checks a package in a goroutine.
    Check(CheckLine),
}

/// A check in a goroutine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckLine {
    variable: String,
    how: How,
    /// The sign that sets the package's variable, if something reads it.
    package: Option<&'static str>,
    /// The sign that sets the variable of the syntax, if something reads it.
    syntax: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum How {
    /// Calls a function with these arguments.
    Call(String, Settings),
    /// Is written out: the text before the package, the package, and the rest.
    Written(String, String, String),
    /// Fills a package that has a variable already.
    Filled { text: String, package: String },
}

impl CheckLine {
    /// A call of a function that checks.
    pub fn call(variable: &str, arguments: String, settings: Settings) -> Self {
        Self::new(variable, How::Call(arguments, settings))
    }

    /// A check written out, of a package made there.
    pub fn written(variable: &str, [before, package, rest]: [String; 3]) -> Self {
        Self::new(variable, How::Written(before, package, rest))
    }

    /// A check written out, of a package that was made before.
    pub fn filled(package: String, text: String) -> Self {
        Self::new("", How::Filled { text, package })
    }

    fn new(variable: &str, how: How) -> Self {
        Self { variable: variable.to_owned(), how, package: None, syntax: None }
    }

    /// Marks the variable of the package as read, and returns it.
    pub fn package(&mut self, declared: &mut BTreeSet<String>) -> String {
        if let How::Filled { package, .. } = &self.how {
            return package.clone();
        }
        self.package.get_or_insert_with(|| sign(&self.variable, declared));
        self.variable.clone()
    }

    /// The variable of the package with its syntax, which something reads.
    pub fn syntax(&mut self, declared: &mut BTreeSet<String>) -> Option<String> {
        let How::Call(..) = self.how else { return None };
        let variable = format!("{}Syntax", self.variable);
        self.syntax.get_or_insert_with(|| sign(&variable, declared));
        Some(variable)
    }

    fn resolve(self, mode: Mode, uses: &mut Uses) -> Vec<Line> {
        let v = &self.variable;
        let mut check = Check { syntax: self.syntax.is_some(), ..Check::default() };
        if let How::Call(_, settings) = self.how {
            check.settings = settings;
        }
        let lines = match (self.how, self.syntax, self.package) {
            (How::Call(arguments, _), Some(sign), package) => {
                let call = uses.check(check, mode);
                let mut lines = vec![format!("{v}Syntax {sign} {call}({arguments})")];
                lines.extend(package.map(|sign| format!("{v} {sign} {v}Syntax.pkg")));
                lines
            }
            (How::Call(arguments, _), None, package) => {
                let call = uses.check(check, mode);
                let set = package.map(|sign| format!("{v} {sign} ")).unwrap_or_default();
                vec![format!("{set}{call}({arguments})")]
            }
            (How::Written(before, package, rest), _, Some(sign)) => {
                vec![format!("{v} {sign} {package}"), format!("{before}{v}{rest}")]
            }
            (How::Written(before, package, rest), _, None) => {
                vec![format!("{before}{package}{rest}")]
            }
            (How::Filled { text, .. }, ..) => vec![text],
        };
        lines.into_iter().map(Line::Text).collect()
    }
}

fn sign(variable: &str, declared: &mut BTreeSet<String>) -> &'static str {
    if declared.insert(variable.to_owned()) { ":=" } else { "=" }
}

impl Line {
    /// The line with its checks written.
    pub fn resolve(self, mode: Mode, uses: &mut Uses) -> Vec<Self> {
        match self {
            Line::Check(check) => check.resolve(mode, uses),
            line => vec![line],
        }
    }

    /// Its text, if it has one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Line::Text(text) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;
    use crate::testcase::SourceCase;
    use crate::triage::standalone::options::Options;
    use crate::triage::standalone::plan::Plan;

    fn resolved(line: CheckLine) -> (Vec<String>, Uses) {
        let case = SourceCase::from_txtar("-- a/a.go --\npackage a\n").unwrap();
        let scenario = Scenario::default();
        let mode = Mode::new(&Plan::new(&case, &scenario, &[]), &Options::default());
        let mut uses = Uses::default();
        let lines = Line::Check(line).resolve(mode, &mut uses);
        (lines.iter().filter_map(Line::text).map(str::to_owned).collect(), uses)
    }

    #[test]
    fn a_check_has_the_variables_that_are_read() {
        let mut declared = BTreeSet::new();
        let check = || CheckLine::call("a", "x".to_owned(), Settings::default());
        let (lines, uses) = resolved(check());
        assert_eq!(lines, ["check(x)"]);
        assert_eq!(uses.checks, BTreeSet::from([Check::default()]));
        let mut read = check();
        assert_eq!(read.package(&mut declared), "a");
        assert_eq!(read.package(&mut declared), "a");
        assert_eq!(resolved(read).0, ["a := check(x)"]);
        let mut again = check();
        assert_eq!(again.syntax(&mut declared).as_deref(), Some("aSyntax"));
        again.package(&mut declared);
        let (lines, uses) = resolved(again);
        assert_eq!(lines, ["aSyntax := checkSyntax(x)", "a = aSyntax.pkg"]);
        assert!(uses.helpers.contains("checked") && uses.helpers.contains("parse"));
    }

    #[test]
    fn a_check_that_is_written_out_makes_its_package() {
        let mut declared = BTreeSet::new();
        let mut check = CheckLine::written("a", ["f(", "new()", ")"].map(str::to_owned));
        assert_eq!(check.syntax(&mut declared), None);
        assert_eq!(resolved(check.clone()).0, ["f(new())"]);
        check.package(&mut declared);
        assert_eq!(resolved(check).0, ["a := new()", "f(a)"]);
        let mut filled = CheckLine::filled("aPackage".to_owned(), "f(aPackage)".to_owned());
        assert_eq!(filled.package(&mut declared), "aPackage");
        assert_eq!(resolved(filled).0, ["f(aPackage)"]);
    }
}
