//! A user's own operations, `target NAME PACKAGE [OBJECT]`: the part of the vocabulary
//! that a harness built with `--harness` adds to the table.
//!
//! Once the harness is built, it says what targets registered, and that holds for the
//! whole process, as the table does. A test case with an operation that no target
//! registered can be read and stored, so that crash directories outlive their harness,
//! but it cannot be run.

use std::sync::RwLock;

use super::element::ElementKind;
use super::quotations::SILENT;
use super::{Class, Element, Operation, Rule, Scenario, Source};

static REGISTERED: RwLock<Vec<&'static Element>> = RwLock::new(Vec::new());

/// Stands for an operation that no harness of this process registered.
static UNREGISTERED: Element = Element {
    kind: ElementKind::Target,
    name: "target",
    class: Class::Unstated,
    does: "an operation of a target that is not there",
    rule: SILENT,
};

/// Adds an operation to the vocabulary and replaces one of the same name. An operation
/// without a rule gets the rule of class `unstated`.
pub fn register_target(name: &str, class: Class, does: &str, says: &str, place: &str) {
    // Leaked: there are few, and they live as long as the table.
    let keep = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    let rule = if says.is_empty() {
        SILENT
    } else {
        Rule { says: keep(says), source: Source::Target(keep(place)), note: "" }
    };
    let same =
        |e: &&Element| e.name == name && e.class == class && e.does == does && e.rule == rule;
    let mut all = REGISTERED.write().unwrap_or_else(std::sync::PoisonError::into_inner);
    if all.iter().any(same) {
        return;
    }
    all.retain(|e| e.name != name);
    let kind = ElementKind::Target;
    let element = Element { kind, name: keep(name), class, does: keep(does), rule };
    all.push(Box::leak(Box::new(element)));
    all.sort_by_key(|e| e.name);
}

/// The operations that targets added to the vocabulary, by name.
#[must_use]
pub fn targets() -> Vec<&'static Element> {
    REGISTERED.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
}

/// A test case needs a target that the harness does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no target registered the operation '{name}'; {help}")]
pub struct UnknownTarget {
    /// The operation.
    pub name: String,
    /// What would be valid.
    pub help: String,
}

impl Operation {
    /// The operation's element, if a target's.
    #[must_use]
    pub fn target_element(&self) -> Option<&'static Element> {
        let Operation::Target { name, .. } = self else { return None };
        Some(targets().into_iter().find(|e| e.name == name).unwrap_or(&UNREGISTERED))
    }
}

impl Scenario {
    /// Whether it has operations that targets registered.
    #[must_use]
    pub fn uses_targets(&self) -> bool {
        self.operations().any(|op| matches!(op, Operation::Target { .. }))
    }

    /// All operations, those of `before` first.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.before.iter().chain(self.go.iter().flatten())
    }

    /// The same, to change them.
    pub fn operations_mut(&mut self) -> impl Iterator<Item = &mut Operation> {
        self.before.iter_mut().chain(self.go.iter_mut().flatten())
    }

    /// The elements of its targets' operations, each once, by name.
    pub(super) fn target_elements(&self) -> Vec<&'static Element> {
        let mut all: Vec<_> = self.operations().filter_map(Operation::target_element).collect();
        all.sort_by_key(|e| e.name);
        all.dedup_by_key(|e| e.name);
        all
    }

    /// Whether a harness of this process can run it.
    ///
    /// # Errors
    /// The first operation that no target registered.
    pub fn check_targets(&self) -> Result<(), UnknownTarget> {
        for op in self.operations() {
            let Operation::Target { name, .. } = op else { continue };
            let there = targets();
            if there.iter().any(|e| e.name == name) {
                continue;
            }
            let help = if there.is_empty() {
                "give --harness the folder of the Go package that does".to_owned()
            } else {
                let names: Vec<&str> = there.iter().map(|e| e.name).collect();
                format!("that of --harness registers: {}", names.join(", "))
            };
            return Err(UnknownTarget { name: name.clone(), help });
        }
        Ok(())
    }
}

/// Whether a word can name a target's operation.
pub(super) fn is_target_name(word: &str) -> bool {
    word.len() <= 40
        && word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(text: &str) -> Scenario {
        Scenario::parse(text).unwrap().unwrap()
    }

    /// Unit tests register nothing, as that would change the random draws of other tests.
    #[test]
    fn a_target_that_is_not_there_is_read_and_not_run() {
        let text = "import source\nbefore check lib ; target build gopkg.in/yaml.v3\n\
                    go     target vet-all lib T ; target vet-all lib\n";
        let s = scenario(text);
        assert_eq!(s.to_string(), text);
        assert_eq!(
            s.go[0][0],
            Operation::Target {
                name: "vet-all".to_owned(),
                package: "lib".to_owned(),
                object: Some("T".to_owned()),
            }
        );
        assert_eq!(s.before[1].to_string(), "target build gopkg.in/yaml.v3");
        assert_eq!(s.class(), Class::Unstated);
        assert!(s.uses_targets() && s.breaches().is_empty());
        let e = s.check_targets().unwrap_err();
        assert_eq!((e.name.as_str(), e.help.contains("--harness")), ("build", true));
        assert!(scenario("go check lib\n").check_targets().is_ok());
    }

    #[test]
    fn what_is_no_target_operation_is_refused() {
        for (text, want) in [
            ("go target", "target NAME PACKAGE [OBJECT]"),
            ("go target vet", "target NAME PACKAGE [OBJECT]"),
            ("go target vet lib T U", "target NAME PACKAGE [OBJECT]"),
            ("go target Vet lib", "'Vet'"),
            ("go target vet lib 9", "'9'"),
            ("go target vet ../lib", "import path"),
        ] {
            let e = Scenario::parse(text).unwrap_err().to_string();
            assert!(e.contains(want), "{text}: {e}");
        }
    }
}
