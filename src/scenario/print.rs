//! A scenario's text, written in one canonical form.

use std::fmt::{self, Display, Formatter};

use super::{Operation, Order, Scenario, Target};

impl Display for Scenario {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for line in &self.comment {
            writeln!(f, "{}", format!("# {line}").trim_end())?;
        }
        for share in &self.share {
            writeln!(f, "share {}", share.name())?;
        }
        writeln!(f, "import {}", self.import.name())?;
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
        match self {
            Operation::Check { package }
            | Operation::Import { package }
            | Operation::Export { package }
            | Operation::Ssa { package } => write!(f, "{} {package}", self.name()),
            Operation::Set { target, what } => write!(f, "set {target} {}", what.name()),
            Operation::Target { name, package, object } => {
                write!(f, "target {name} {package}")?;
                object.iter().try_for_each(|o| write!(f, " {o}"))
            }
            Operation::Instantiate { target, args, context } => {
                write!(f, "instantiate {target} {}", args.join(","))?;
                if *context { f.write_str(" context") } else { Ok(()) }
            }
            Operation::Eval { package, expr } | Operation::CheckExpr { package, expr } => {
                write!(f, "{} {package} {expr}", self.name())
            }
            Operation::Query { query, target, other } => {
                write!(f, "{} {target}", query.name())?;
                other.iter().try_for_each(|o| write!(f, " {o}"))
            }
            Operation::Walk { query, package, order } => {
                write!(f, "walk {} {package}", query.name())?;
                if *order == Order::Declared { Ok(()) } else { write!(f, " {order}") }
            }
        }
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

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.package, self.object)
    }
}
