//! Exit codes, and the only place that maps errors to them.

use super::hints::Flags;
use crate::bisect::RepoError;
use crate::campaign::metrics::MetricsError;
use crate::campaign::stored::CorpusError;
use crate::campaign::workers::WorkersError;
use crate::campaign::{CampaignError, SamplesError, WorkError, seeds::SeedError};
use crate::executor::Fatal;
use crate::files;
use crate::fleet::location::LocationError;
use crate::fleet::objects::ObjectsError;
use crate::harness::{EnvError, HarnessError, ImportError};
use crate::regress::RegressError;
use crate::report::measure::MeasureError;
use crate::sense::SuspectError;
use crate::store::StoreError;
use crate::testcase::TestCaseError;
use crate::triage::compiler::OpinionError;
use crate::triage::standalone::{RunError, VerifyError, WriteError};
use crate::triage::{LoadError, SubjectError};

/// The process's exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Nothing was found.
    Nothing = 0,
    /// Findings or regressions.
    Findings = 1,
    /// Wrong usage or unusable input.
    Usage = 2,
    /// The environment cannot work.
    Environment = 3,
    /// A bug in typerace.
    Internal = 70,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A result that could not be written to standard output.
#[derive(Debug, thiserror::Error)]
#[error("cannot write the result to standard output: {0}")]
pub struct OutputError(#[from] pub std::io::Error);

impl Exit {
    /// The exit code of an error: that of the first cause that has one.
    #[must_use]
    pub fn of(error: &anyhow::Error) -> Self {
        // Whatever was to be written there: the user's input is not at fault.
        if error.chain().any(is_full) {
            return Exit::Environment;
        }
        error.chain().find_map(code).unwrap_or(Exit::Internal)
    }
}

fn is_full(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref().is_some_and(files::is_full)
}

fn code(cause: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    (cause.downcast_ref().map(environment))
        .or_else(|| cause.downcast_ref().map(harness))
        .or_else(|| cause.downcast_ref().map(import))
        .or_else(|| cause.downcast_ref().map(seed))
        .or_else(|| cause.downcast_ref().map(corpus))
        .or_else(|| cause.downcast_ref().map(campaign))
        .or_else(|| cause.downcast_ref().map(workers))
        .or_else(|| cause.downcast_ref().map(measure))
        .or_else(|| cause.downcast_ref().and_then(regress))
        .or_else(|| cause.downcast_ref().map(verify))
        .or_else(|| cause.downcast_ref().map(write))
        .or_else(|| cause.downcast_ref().map(opinion))
        .or_else(|| cause.is::<ObjectsError>().then_some(Exit::Environment))
        .or_else(|| cause.is::<OutputError>().then_some(Exit::Environment))
        .or_else(|| is_unusable_input(cause).then_some(Exit::Usage))
}

fn environment(e: &EnvError) -> Exit {
    match e {
        EnvError::Interrupted => Exit::Nothing,
        e if e.is_of_input() => Exit::Usage,
        _ => Exit::Environment,
    }
}

fn harness(e: &HarnessError) -> Exit {
    match e {
        HarnessError::Interrupted => Exit::Nothing,
        HarnessError::Env(e) => environment(e),
        // The test case is too long.
        HarnessError::Request { .. } | HarnessError::Target(_) | HarnessError::NotOffered(_) => {
            Exit::Usage
        }
        // No finding of this harness means anything.
        HarnessError::Misuse { .. } => Exit::Environment,
        _ => Exit::Internal,
    }
}

fn import(e: &ImportError) -> Exit {
    if let ImportError::Harness(e) = e { harness(e) } else { Exit::Usage }
}

fn seed(e: &SeedError) -> Exit {
    if let SeedError::Harness(e) = e { harness(e) } else { Exit::Usage }
}

fn corpus(e: &CorpusError) -> Exit {
    match e {
        CorpusError::Harness(e) => harness(e),
        CorpusError::Seed(e) => seed(e),
        CorpusError::Objects(_) => Exit::Environment,
        _ => Exit::Usage,
    }
}

fn campaign(e: &CampaignError) -> Exit {
    match e {
        CampaignError::Seed(e) => seed(e),
        CampaignError::Fatal(Fatal::Harness(e)) => harness(e),
        // The folder was writable at the start, so the disk is now full.
        CampaignError::Fatal(Fatal::Blind { .. } | Fatal::Sick(_))
        | CampaignError::Store(_)
        | CampaignError::NoCoverage => Exit::Environment,
        CampaignError::Work(e) => work(e),
        CampaignError::Samples(_) => Exit::Usage,
        CampaignError::LibAfl(_) => Exit::Internal,
    }
}

fn work(e: &WorkError) -> Exit {
    match e {
        // The user did not choose it.
        WorkError::Temporary { .. } => Exit::Environment,
        _ => Exit::Usage,
    }
}

fn workers(e: &WorkersError) -> Exit {
    match e {
        WorkersError::Work(e) => work(e),
        WorkersError::Samples(_) | WorkersError::Sync(_) => Exit::Usage,
        // All workers failed for the same reason, and have reported it.
        WorkersError::AllDied { code: Some(2), .. } => Exit::Usage,
        WorkersError::AllDied { code: Some(3), .. } => Exit::Environment,
        _ => Exit::Internal,
    }
}

fn measure(e: &MeasureError) -> Exit {
    match e {
        MeasureError::Harness(e) => harness(e),
        MeasureError::Load(_) | MeasureError::Empty => Exit::Usage,
        MeasureError::Tool { .. } | MeasureError::Temporary(_) => Exit::Environment,
    }
}

fn regress(e: &RegressError) -> Option<Exit> {
    match e {
        RegressError::Usage(_)
        | RegressError::Baseline { .. }
        | RegressError::GateCorpus { .. }
        | RegressError::Write { .. } => Some(Exit::Usage),
        RegressError::NoTime { .. } => Some(Exit::Environment),
        // The wrapped error is next in the chain.
        _ => None,
    }
}

fn verify(e: &VerifyError) -> Exit {
    match e {
        VerifyError::Run(RunError::Interrupted) => Exit::Nothing,
        // Our own program does not build, or a module cannot be fetched: the message says which.
        VerifyError::Run(RunError::Build(_)) => Exit::Internal,
        VerifyError::Run(RunError::Io(_)) => Exit::Environment,
        VerifyError::Crash(e) => write(e),
    }
}

fn write(e: &WriteError) -> Exit {
    if let WriteError::Io(..) = e { Exit::Environment } else { Exit::Usage }
}

fn opinion(e: &OpinionError) -> Exit {
    if let OpinionError::Harness(e) = e { harness(e) } else { Exit::Environment }
}

fn is_unusable_input(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.is::<TestCaseError>()
        || cause.is::<SubjectError>()
        || cause.is::<LoadError>()
        || cause.is::<StoreError>()
        || cause.is::<SuspectError>()
        || cause.is::<RepoError>()
        || cause.is::<MetricsError>()
        || cause.is::<LocationError>()
        || cause.is::<SamplesError>()
        || cause.is::<super::KnownFileError>()
        || cause.is::<crate::report::html::LoadError>()
}

/// Formats an error for the user: the error, its causes, and what to do about it with the flags that
/// the command has.
#[must_use]
pub fn describe(error: &anyhow::Error, flags: &Flags) -> String {
    let mut out = format!("error: {error}\n");
    let mut last = error.to_string();
    for cause in error.chain().skip(1) {
        let text = cause.to_string();
        // Skip a cause that the message already includes.
        if !last.contains(&text) {
            out.push_str(&format!("  because: {text}\n"));
        }
        last = text;
    }
    if let Some(help) = error.chain().find_map(help).and_then(|help| flags.fit(&help)) {
        out.push_str(&format!("help: {help}\n"));
    } else if Exit::of(error) == Exit::Internal {
        out.push_str("help: this looks like a bug in typerace; please report it\n");
    }
    out
}

fn help(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    if let Some(e) = cause.downcast_ref::<EnvError>() {
        Some(e.help())
    } else if let Some(HarnessError::Env(e)) = cause.downcast_ref::<HarnessError>() {
        Some(e.help())
    } else if let Some(e) = cause.downcast_ref::<SubjectError>() {
        Some(e.help().to_owned())
    } else if cause.is::<OutputError>() {
        Some("findings are stored anyway; free some disk space, or write somewhere else".to_owned())
    } else if is_full(cause) {
        Some("free some disk space, or write somewhere else".to_owned())
    } else if let Some(SeedError::Empty(_)) = cause.downcast_ref() {
        Some("leave --corpus out for the test cases inside typerace, or use --no-seeds".to_owned())
    } else if let Some(e) = cause.downcast_ref::<LocationError>() {
        e.help()
    } else if let Some(StoreError::Io { source, .. }) = cause.downcast_ref()
        && source.kind() == std::io::ErrorKind::NotFound
    {
        Some("give --crashes a folder of crash directories".to_owned())
    } else if let Some(StoreError::NoWrite { .. } | StoreError::Io { .. }) = cause.downcast_ref() {
        Some("give --crashes a writable folder, or make that one writable".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn each_error_has_its_code() {
        let code = |e: anyhow::Error| Exit::of(&e);
        assert_eq!(code(EnvError::NoCounters.into()), Exit::Environment);
        assert_eq!(code(HarnessError::Env(EnvError::NoCounters).into()), Exit::Environment);
        assert_eq!(code(HarnessError::Interrupted.into()), Exit::Nothing);
        let full = OutputError(std::io::ErrorKind::StorageFull.into());
        assert_eq!(code(full.into()), Exit::Environment);
        for (source, exit) in [
            (std::io::ErrorKind::StorageFull, Exit::Environment),
            (std::io::ErrorKind::NotADirectory, Exit::Usage),
        ] {
            let e = RegressError::Write { path: "f".into(), source: source.into() };
            assert_eq!(code(e.into()), exit);
        }
        assert_eq!(code(TestCaseError::Empty.into()), Exit::Usage);
        assert_eq!(code(anyhow::anyhow!("x")), Exit::Internal);
        let wrapped = Err::<(), _>(EnvError::NoCounters).context("while starting").unwrap_err();
        assert_eq!(code(wrapped), Exit::Environment);
    }

    #[test]
    fn an_error_says_causes_and_help_once() {
        let e = StoreError::NoWrite { path: "c".into(), source: std::io::Error::other("no") };
        let fuzz = &Flags::of(&["fuzz".into()]);
        let text = describe(&anyhow::Error::from(e).context("cannot start"), fuzz);
        assert_eq!(
            text,
            "error: cannot start\n  because: cannot write in c: no\n\
             help: give --crashes a writable folder, or make that one writable\n"
        );
        let e = HarnessError::Env(EnvError::NoCacheDir);
        assert_eq!(describe(&e.into(), fuzz).matches("XDG_CACHE_HOME nor").count(), 1);
        assert!(describe(&anyhow::anyhow!("x"), fuzz).contains("please report"));
    }
}
