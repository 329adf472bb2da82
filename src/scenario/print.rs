//! Writes a scenario's text in its one canonical form.

use std::fmt::{self, Display, Formatter};

use super::{ObjectRef, Operand, Operation, Order, Scenario};

impl Display for Scenario {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for line in &self.comment {
            writeln!(f, "{}", format!("# {line}").trim_end())?;
        }
        for share in &self.share {
            writeln!(f, "share {}", share.name())?;
        }
        writeln!(f, "import {}", self.import.name())?;
        for importing in &self.importing {
            writeln!(f, "import {}", importing.name())?;
        }
        for meet in &self.meet {
            writeln!(f, "meet {}", meet.name())?;
        }
        if let Some(n) = self.procs {
            writeln!(f, "procs {n}")?;
        }
        if let Some(n) = self.rounds {
            writeln!(f, "rounds {n}")?;
        }
        if self.fresh {
            writeln!(f, "fresh")?;
        }
        for setting in &self.godebug {
            writeln!(f, "godebug {setting}")?;
        }
        if let Some(seed) = self.schedule {
            writeln!(f, "schedule seed {seed}")?;
        }
        if self.oracle {
            writeln!(f, "oracle sequential")?;
        }
        if !self.before.is_empty() {
            writeln!(f, "before {}", join(&self.before))?;
        }
        for operations in &self.go {
            writeln!(f, "go     {}", join(operations))?;
        }
        Ok(())
    }
}

fn join(operations: &[Operation]) -> String {
    let all: Vec<_> = operations.iter().map(ToString::to_string).collect();
    all.join(" ; ")
}

impl Display for Operation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let row = self.row();
        let word = Some(row.word.to_owned()).filter(|_| !row.bare);
        let operands = self.operands().into_iter().map(Operand::text).filter(|t| !t.is_empty());
        let words: Vec<String> = word.into_iter().chain(operands).collect();
        f.write_str(&words.join(" "))
    }
}

impl Display for Order {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Order::Declared => f.write_str("declared"),
            Order::Reversed => f.write_str("reversed"),
            Order::Rotated(n) => write!(f, "rotated {n}"),
            Order::Shuffled(n) => write!(f, "shuffled {n}"),
        }
    }
}

impl Display for ObjectRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.package, self.object)
    }
}
