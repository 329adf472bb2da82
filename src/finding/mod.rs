//! Turns report text into findings: parse, normalise, sign, classify. No I/O.

mod compiler;
mod consequence;
mod dump;
mod fatal;
#[allow(clippy::module_inception)]
mod finding;
mod frame;
mod heading;
mod heap;
mod kind;
mod known;
mod leak;
mod learned;
mod listing;
mod locks;
mod mismatch;
mod normalise;
mod observe;
mod panic;
mod race;
mod releases;
mod root;
mod signature;
mod slow;
mod subject;
mod syntax;
#[cfg(test)]
pub(crate) mod test_support;
mod time;
mod title;

pub use compiler::{CompilerEnd, CompilerFault, CompilerVerdict, compiler_finding};
pub use consequence::{Consequence, Crashed};
pub use dump::{Stall, stall};
pub use fatal::{Death, Exit, death};
pub use finding::{
    Direct, Finding, FindingError, Minimization, Origin, Rate, Rates, RuleQuote, Stack, Standalone,
    Step, TargetOrigin, VERSION, again, class_and_rules, deciding_rules, is_unconfirmed,
};
pub use frame::{Frame, Goroutine, goroutines};
pub use heading::{Heading, Reported, by_heading};
pub use heap::{HeapSite, growth, heap_sites, over_memory};
pub use kind::{Kind, KindRow, Severity};
pub use known::{Known, KnownError, KnownIssue, Number, Search, State, is_newer};
pub use leak::leaked;
pub use learned::Learned;
pub use listing::{Item, Listing};
pub use locks::lock_cycle;
pub use mismatch::{Difference, describe, mismatch};
pub use normalise::{Blame, owner};
pub use observe::{End, Observed, Panic, findings, own_reports_first};
pub use panic::{panicked, shape as message_shape};
pub use race::{Access, RaceReport, Side, race_reports};
pub use releases::{Instead, OnRelease, since};
pub use root::{NEW, Root, RootBy, Trial};
pub use signature::{Site, id, sides, site};
pub use slow::{CONSTANTS, LOCK_CYCLE, name_stall};
pub use subject::{Contents, SUBJECT, Subject, SubjectFile};
pub use syntax::{SYNTAX_CHANGED, changed_syntax, printed_changes};
pub use time::rfc3339;
pub use title::{writes_in, written};
