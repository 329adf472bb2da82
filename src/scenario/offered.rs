//! What a scenario can say for which checker. The vocabulary is made for go/types; types2 has no
//! documentation for users, no method sets and no Eval, and no tools are written for it.

use super::quotations::{ONE_COMPILATION, TYPES2_IMPORTED, TYPES2_SILENT};
use super::{
    Class, Element, ElementKind, Import, Importing, Operand, OperandMut, Operation, Query, Rule,
    Scenario, Share,
};
use crate::checker::Checker;

impl Share {
    fn is_offered(self) -> bool {
        matches!(self, Self::Context | Self::Config | Self::Importer | Self::ParallelImporter)
    }
}

impl Query {
    fn is_offered(self) -> bool {
        let tools = [Self::Objectpath, Self::Methodsetcache, Self::Typemap, Self::Hash];
        self != Self::Methodset && !tools.contains(&self)
    }
}

/// The words of the operations for types2.
const OPERATIONS: [&str; 7] =
    ["check", "import", "instantiate", "query", "walk", "universe", "configure"];

fn is_offered(operation: &Operation) -> bool {
    let asks = |operand| !matches!(operand, Operand::Query(q) if !q.is_offered());
    OPERATIONS.contains(&operation.row().word) && operation.operands().into_iter().all(asks)
}

impl Element {
    /// Whether a scenario for this checker can have it.
    #[must_use]
    pub fn is_for(&self, checker: Checker) -> bool {
        checker == Checker::GoTypes
            || match self.kind {
                ElementKind::Share => Share::from_name(self.name).is_some_and(Share::is_offered),
                ElementKind::Import => {
                    let all = [Import::Source, Import::Unified].map(Import::name);
                    all.contains(&self.name) || self.name == Importing::From.name()
                }
                ElementKind::Operation => OPERATIONS.contains(&self.name),
                ElementKind::Query => Query::from_name(self.name).is_some_and(Query::is_offered),
                ElementKind::Setter | ElementKind::Reading | ElementKind::Target => false,
                ElementKind::Meet
                | ElementKind::Order
                | ElementKind::Setting
                | ElementKind::Pattern
                | ElementKind::Config => true,
            }
    }
}

/// A scenario that a checker cannot run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the scenario has what {checker} does not have: {what}; `typerace scenarios --checker {checker}` \
     lists what it has"
)]
pub struct NotOffered {
    /// The checker.
    pub checker: Checker,
    /// The elements: `share fset, operation eval`.
    pub what: String,
}

impl Scenario {
    /// Checks that the scenario is one for this checker.
    ///
    /// # Errors
    /// It has elements that no scenario for this checker can have.
    pub fn check_is_for(&self, checker: Checker) -> Result<(), NotOffered> {
        let missing = self.not_for(checker);
        let names = missing.iter().map(|e| format!("{} {}", e.kind.as_str(), e.name));
        match names.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => Ok(()),
            what => Err(NotOffered { checker, what }),
        }
    }

    /// The elements that a scenario for this checker cannot have.
    #[must_use]
    pub fn not_for(&self, checker: Checker) -> Vec<&'static Element> {
        self.elements().into_iter().filter(|e| !e.is_for(checker)).collect()
    }

    /// Makes it a scenario for this checker. What types2 does not have is left out or, where
    /// something like it exists, replaced.
    pub fn fit(&mut self, checker: Checker) {
        if checker == Checker::GoTypes {
            return;
        }
        self.share.retain(|s| s.is_offered());
        self.importing.retain(|i| *i == Importing::From);
        if self.import != Import::Source {
            self.import = Import::Unified;
        }
        self.godebug.clear();
        for operations in self.go.iter_mut().chain([&mut self.before]) {
            for operand in operations.iter_mut().flat_map(Operation::operands_mut) {
                if let OperandMut::Query(query) = operand
                    && !query.is_offered()
                {
                    *query = Query::Lookup;
                }
            }
            operations.retain(is_offered);
        }
        self.go.retain(|operations| !operations.is_empty());
    }

    /// The class of what a checker shows in the scenario, and the rule that it rests on if that is
    /// no element's. `alone` says that one goroutine is enough.
    #[must_use]
    pub fn class_for(&self, checker: Checker, alone: bool) -> (Class, Option<Rule>) {
        let class = self.class();
        match checker {
            Checker::GoTypes => (class, None),
            Checker::Types2 if alone || self.go.len() <= 1 => (class, Some(ONE_COMPILATION)),
            Checker::Types2 if self.only_imports() => (class, Some(TYPES2_IMPORTED)),
            Checker::Types2 => (class.max(Class::Unstated), Some(TYPES2_SILENT)),
        }
    }

    /// Whether the goroutines have packages in common that were imported before, and nothing else.
    fn only_imports(&self) -> bool {
        let checks = |op: &Operation| ["check", "configure"].contains(&op.row().word);
        let imported = self.before.iter().any(|op| op.row().word == "check");
        let unified = self.import == Import::Unified && self.importing.is_empty();
        imported && unified && self.share.is_empty() && self.go.iter().flatten().all(checks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ELEMENTS;

    fn scenario(text: &str) -> Scenario {
        Scenario::parse(text).unwrap().unwrap()
    }

    #[test]
    fn a_scenario_is_made_to_fit() {
        let text = "share fset context info\nimport export from error\ngodebug gotypesalias=0\n\
                    before check l ; eval l x\ngo check a ; walk methodset l\ngo export l\n";
        let mut s = scenario(text);
        let before = s.clone();
        s.fit(Checker::GoTypes);
        assert_eq!(s, before);
        let names: Vec<&str> = s.not_for(Checker::Types2).iter().map(|e| e.name).collect();
        assert_eq!(names, ["fset", "info", "export", "error", "eval", "export", "methodset"]);
        s.fit(Checker::Types2);
        assert!(s.not_for(Checker::Types2).is_empty());
        let want = "share context\nimport unified\nimport from\nbefore check l\n\
                    go check a ; walk lookup l\n";
        assert_eq!(s, scenario(want));
    }

    #[test]
    fn go_types_has_everything() {
        assert!(ELEMENTS.iter().all(|e| e.is_for(Checker::GoTypes)));
        let for_types2 = ELEMENTS.iter().filter(|e| e.is_for(Checker::Types2));
        let words: Vec<&str> =
            for_types2.filter(|e| e.kind == ElementKind::Operation).map(|e| e.name).collect();
        assert_eq!(words, OPERATIONS);
    }

    #[test]
    fn several_goroutines_are_a_matter_of_their_own() {
        let class = |text: &str, alone| scenario(text).class_for(Checker::Types2, alone).0;
        assert_eq!(class("import unified\ngo check a\n", false), Class::Bug);
        let two = "import unified\ngo check a\ngo check b\n";
        assert_eq!(class(two, false), Class::Unstated);
        assert_eq!(class(two, true), Class::Bug);
        assert_eq!(scenario(two).class_for(Checker::GoTypes, false), (Class::Bug, None));
        let stated = format!("{two}before check l\n");
        assert_eq!(class(&stated, false), Class::Bug);
        assert_eq!(class(&stated.replace("unified", "source"), false), Class::Unstated);
        assert_eq!(class(&format!("{stated}go walk fields l\n"), false), Class::Unstated);
    }
}
