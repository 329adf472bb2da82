//! What every part of the program asks of an operation: its row, its operands, the
//! packages and objects that it names.

use super::element::ElementKind;
use super::operand::{Operand, OperandKind, OperandMut, OperandValue};
use super::operations::{OPERATIONS, Operation};
use super::{Class, Configured, Element, ObjectRef, Order, Query, Reading, Rule, Setter};

/// A row of the table of operations.
#[derive(Debug)]
pub struct Row {
    /// The word that starts it in a scenario's text.
    pub word: &'static str,
    /// Whether the text leaves the word out and starts with the first operand.
    pub bare: bool,
    /// Its class.
    pub class: Class,
    /// What the class rests on.
    pub rule: Rule,
    /// What it does, in a line.
    pub does: &'static str,
    /// Operands in the order in which they are written.
    pub operands: &'static [OperandKind],
    /// The group of similar operations, for comparing goroutines.
    pub family: Family,
    /// The faces of the generator's die that select it: from the first number up to, not
    /// including, the second. A new operation takes faces from a similar one. A larger die
    /// would change what most rolls select.
    pub generated: (usize, usize),
    /// The same for the die of the mutators.
    pub mutated: (usize, usize),
    /// Its size for a reader, without its operands.
    pub size: usize,
    /// Whether it reads what its package imports. A query on the imported package may then
    /// replace it.
    pub imports: bool,
    /// Makes an operation from the operands that the function returns for each kind.
    pub make: fn(&mut dyn FnMut(OperandKind) -> Option<OperandValue>) -> Option<Operation>,
}

/// Groups of similar operations, for comparing goroutines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// It checks a package or has it checked.
    Check,
    /// It evaluates an expression, and adds its type to the instances.
    Eval,
    /// It makes an instance.
    Instantiate,
    /// It asks about types.
    Query,
    /// It writes export data.
    Export,
    /// Something else.
    Other,
}

/// An object that an operation names, to change it.
#[derive(Debug)]
pub struct NamedMut<'a> {
    /// Import path.
    pub package: &'a mut String,
    /// A name in the package's scope.
    pub object: &'a mut String,
}

impl Row {
    /// The row of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<&'static Row> {
        OPERATIONS.iter().find(|row| row.word == word).copied()
    }

    /// The row that a face of the generator's die stands for.
    pub(crate) fn generated(face: usize) -> Option<&'static Row> {
        OPERATIONS.iter().find(|row| (row.generated.0..row.generated.1).contains(&face)).copied()
    }

    /// The row that a face of the mutators' die stands for.
    pub(crate) fn mutated(face: usize) -> Option<&'static Row> {
        OPERATIONS.iter().find(|row| (row.mutated.0..row.mutated.1).contains(&face)).copied()
    }

    /// Whether it has an operand of this kind.
    #[must_use]
    pub fn has(&self, kind: OperandKind) -> bool {
        self.operands.contains(&kind)
    }

    /// Its form in scenarios: `walk QUERY PACKAGE [declared|...]`.
    #[must_use]
    pub fn form(&self) -> String {
        let forms = self.operands.iter().map(|kind| kind.form());
        let words: Vec<&str> =
            std::iter::once(self.word).filter(|_| !self.bare).chain(forms).collect();
        words.join(" ")
    }

    const fn element(&self) -> Element {
        let Self { word: name, class, rule, does, .. } = *self;
        Element { kind: ElementKind::Operation, name, class, does, rule }
    }
}

/// The faces of the generator's die and of the mutators'.
pub(crate) const FACES: (usize, usize) = {
    let (mut generated, mut mutated, mut i) = (0, 0, 0);
    while i < OPERATIONS.len() {
        let row = OPERATIONS[i];
        if row.generated.1 > generated {
            generated = row.generated.1;
        }
        if row.mutated.1 > mutated {
            mutated = row.mutated.1;
        }
        i += 1;
    }
    (generated, mutated)
};

/// The operations of the vocabulary: all rows except the last, which stands for targets'
/// operations.
pub(super) const ELEMENTS: [Element; OPERATIONS.len() - 1] = {
    let mut all = [OPERATIONS[0].element(); OPERATIONS.len() - 1];
    let mut i = 0;
    while i < all.len() {
        all[i] = OPERATIONS[i].element();
        i += 1;
    }
    all
};

impl Operation {
    /// The word that starts the operation in a scenario's text; a query on an
    /// object starts with the query's name instead.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.row().word
    }

    /// The packages that it names. [`INSTANCES`](super::INSTANCES) counts as one.
    #[must_use]
    pub fn packages(&self) -> Vec<&str> {
        let package = |operand| match operand {
            Operand::Source(p) | Operand::Package(p) | Operand::Walked(p) | Operand::Home(p) => {
                Some(p.as_str())
            }
            Operand::Object(t) | Operand::Generic(t) => Some(t.package.as_str()),
            Operand::Other(t) => t.as_ref().map(|t| t.package.as_str()),
            _ => None,
        };
        self.operands().into_iter().filter_map(package).collect()
    }

    /// The same, to change them.
    pub fn packages_mut(&mut self) -> Vec<&mut String> {
        let package = |operand| match operand {
            OperandMut::Source(p)
            | OperandMut::Package(p)
            | OperandMut::Walked(p)
            | OperandMut::Home(p) => Some(p),
            OperandMut::Object(t) | OperandMut::Generic(t) => Some(&mut t.package),
            OperandMut::Other(t) => t.as_mut().map(|t| &mut t.package),
            _ => None,
        };
        self.operands_mut().into_iter().filter_map(package).collect()
    }

    /// The objects that it names.
    #[must_use]
    pub fn objects(&self) -> Vec<ObjectRef> {
        let mut copy = self.clone();
        let all = copy.objects_mut().into_iter();
        all.map(|o| ObjectRef { package: o.package.clone(), object: o.object.clone() }).collect()
    }

    /// The same, to change them.
    pub fn objects_mut(&mut self) -> Vec<NamedMut<'_>> {
        let mut out = Vec::new();
        let mut home = None;
        for operand in self.operands_mut() {
            let target = match operand {
                OperandMut::Object(t) | OperandMut::Generic(t) | OperandMut::Other(Some(t)) => t,
                OperandMut::Home(package) => {
                    home = Some(package);
                    continue;
                }
                OperandMut::Member(Some(object)) => {
                    out.extend(home.take().map(|package| NamedMut { package, object }));
                    continue;
                }
                _ => continue,
            };
            out.push(NamedMut { package: &mut target.package, object: &mut target.object });
        }
        out
    }

    /// Its query, if it has one.
    #[must_use]
    pub fn query(&self) -> Option<Query> {
        self.operands().into_iter().find_map(|o| match o {
            Operand::Query(q) => Some(*q),
            _ => None,
        })
    }

    /// Whether it runs its query on every type that it finds.
    #[must_use]
    pub fn asks_many(&self) -> bool {
        self.query().is_some() && !self.row().has(OperandKind::Object)
    }

    /// Its setter, if it has one.
    #[must_use]
    pub fn setter(&self) -> Option<Setter> {
        self.operands().into_iter().find_map(|o| match o {
            Operand::Setter(s) => Some(*s),
            _ => None,
        })
    }

    /// What it configures, if it does.
    #[must_use]
    pub fn configured(&self) -> Option<Configured> {
        self.operands().into_iter().find_map(|o| match o {
            Operand::Config(c) => Some(*c),
            _ => None,
        })
    }

    /// What it reads of functions, if it does.
    #[must_use]
    pub fn reading(&self) -> Option<Reading> {
        self.operands().into_iter().find_map(|o| match o {
            Operand::Reading(r) => Some(*r),
            _ => None,
        })
    }

    /// Its class: that of its row, or of what it reads if that is greater. A target's
    /// operation has a class of its own.
    #[must_use]
    pub fn class(&self) -> Class {
        self.row().class.max(self.reading().map_or(Class::Bug, Reading::class))
    }

    /// The order of its walk, if it is one.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        self.operands().into_iter().find_map(|o| match o {
            Operand::Order(order) => Some(*order),
            _ => None,
        })
    }

    /// The same operation with its operands changed.
    #[must_use]
    pub fn changed(&self, mut change: impl FnMut(OperandMut<'_>)) -> Self {
        let mut copy = self.clone();
        copy.operands_mut().into_iter().for_each(&mut change);
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every face of a die stands for one operation.
    #[test]
    fn dice_have_no_blank_faces() {
        let (generated, mutated) = FACES;
        for face in 0..generated {
            let of = |row: &&&Row| (row.generated.0..row.generated.1).contains(&face);
            assert_eq!(OPERATIONS.iter().filter(of).count(), 1, "generator's {face}");
        }
        for face in 0..mutated {
            let of = |row: &&&Row| (row.mutated.0..row.mutated.1).contains(&face);
            assert_eq!(OPERATIONS.iter().filter(of).count(), 1, "mutators' {face}");
        }
    }

    #[test]
    fn rows_know_their_words_and_forms() {
        for row in OPERATIONS {
            let same = OPERATIONS.iter().filter(|other| other.word == row.word);
            assert_eq!(same.count(), 1, "{}", row.word);
            // The text of a query leaves its word out, so the parser must not accept it.
            assert!(!row.bare || row.operands.first() == Some(&OperandKind::Query));
        }
        assert_eq!(
            Row::of("walk").unwrap().form(),
            "walk QUERY PACKAGE [declared|reversed|rotated N|shuffled N]"
        );
        assert_eq!(OPERATIONS.last().unwrap().word, "target");
    }

    #[test]
    fn objects_and_packages_are_those_of_operands() {
        let mut op = Operation::Target {
            name: "vet".to_owned(),
            package: "lib".to_owned(),
            object: Some("T".to_owned()),
        };
        assert_eq!(op.packages(), ["lib"]);
        for o in op.objects_mut() {
            *o.package = "p".to_owned();
            *o.object = "U".to_owned();
        }
        assert_eq!(op.to_string(), "target vet p U");
        assert_eq!(op.objects()[0].to_string(), "p.U");
    }
}
