//! Exit codes, and the only place that maps errors to them.

use crate::bisect::RepoError;
use crate::campaign::metrics::MetricsError;
use crate::campaign::stored::CorpusError;
use crate::campaign::workers::WorkersError;
use crate::campaign::{CampaignError, seeds::SeedError};
use crate::executor::Fatal;
use crate::harness::{EnvError, HarnessError, ImportError};
use crate::regress::RegressError;
use crate::report::measure::MeasureError;
use crate::store::StoreError;
use crate::testcase::TestCaseError;
use crate::triage::LoadError;
use crate::triage::standalone::{RunError, VerifyError, WriteError};

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
        error.chain().find_map(code).unwrap_or(Exit::Internal)
    }
}

fn code(cause: &(dyn std::error::Error + 'static)) -> Option<Exit> {
    let env = |e: &EnvError| match e {
        EnvError::Interrupted => Exit::Nothing,
        // The fault is in the user's input, not in the machine.
        EnvError::BadOverlay { .. } | EnvError::BadTarget { .. } | EnvError::Patch(_) => {
            Exit::Usage
        }
        _ => Exit::Environment,
    };
    let harness = |e: &HarnessError| match e {
        HarnessError::Interrupted | HarnessError::Env(EnvError::Interrupted) => Exit::Nothing,
        HarnessError::Env(e) => env(e),
        // The test case is too long.
        HarnessError::Request { .. } | HarnessError::Target(_) => Exit::Usage,
        // No finding of this harness means anything.
        HarnessError::Misuse { .. } => Exit::Environment,
        _ => Exit::Internal,
    };
    let seed = |e: &SeedError| match e {
        SeedError::Harness(e) => harness(e),
        _ => Exit::Usage,
    };
    if let Some(e) = cause.downcast_ref::<CorpusError>() {
        return Some(match e {
            CorpusError::Harness(e) => harness(e),
            CorpusError::Seed(e) => seed(e),
            _ => Exit::Usage,
        });
    }
    if cause.is::<super::KnownFileError>() || cause.is::<MetricsError>() {
        return Some(Exit::Usage);
    }
    let run = |e: &RunError| match e {
        RunError::Interrupted => Exit::Nothing,
        // Our own program does not build, or a module cannot be fetched: the message says which.
        RunError::Build(_) => Exit::Internal,
        RunError::Io(_) => Exit::Environment,
    };
    let write = |e: &WriteError| match e {
        WriteError::Io(..) => Exit::Environment,
        _ => Exit::Usage,
    };
    if let Some(e) = cause.downcast_ref::<VerifyError>() {
        return Some(match e {
            VerifyError::Run(e) => run(e),
            VerifyError::Crash(e) => write(e),
        });
    }
    if let Some(e) = cause.downcast_ref::<WriteError>() {
        return Some(write(e));
    }
    if let Some(e) = cause.downcast_ref::<EnvError>() {
        Some(env(e))
    } else if cause.is::<OutputError>() {
        Some(Exit::Environment)
    } else if let Some(e) = cause.downcast_ref::<HarnessError>() {
        Some(harness(e))
    } else if let Some(e) = cause.downcast_ref::<ImportError>() {
        Some(if let ImportError::Harness(e) = e { harness(e) } else { Exit::Usage })
    } else if let Some(e) = cause.downcast_ref::<SeedError>() {
        Some(seed(e))
    } else if let Some(e) = cause.downcast_ref::<CampaignError>() {
        Some(match e {
            CampaignError::Seed(e) => seed(e),
            CampaignError::Fatal(Fatal::Harness(e)) => harness(e),
            // The folder was writable at the start, so the disk is now full.
            CampaignError::Fatal(Fatal::Blind { .. } | Fatal::Sick(_))
            | CampaignError::Store(_)
            | CampaignError::NoCoverage => Exit::Environment,
            CampaignError::Work(_) | CampaignError::Samples(_) => Exit::Usage,
            CampaignError::LibAfl(_) => Exit::Internal,
        })
    } else if let Some(e) = cause.downcast_ref::<MeasureError>() {
        match e {
            MeasureError::Harness(e) => Some(harness(e)),
            MeasureError::Load(_) | MeasureError::Empty => Some(Exit::Usage),
            MeasureError::Tool { .. } | MeasureError::Temporary(_) => Some(Exit::Environment),
        }
    } else if let Some(e) = cause.downcast_ref::<RegressError>() {
        match e {
            RegressError::Usage(_) | RegressError::Baseline { .. } | RegressError::Write { .. } => {
                Some(Exit::Usage)
            }
            RegressError::NoTime { .. } => Some(Exit::Environment),
            // The wrapped error is next in the chain.
            _ => None,
        }
    } else if let Some(e) = cause.downcast_ref::<WorkersError>() {
        Some(match e {
            WorkersError::Work(_) | WorkersError::Samples(_) | WorkersError::Listen { .. } => {
                Exit::Usage
            }
            // All workers failed for the same reason, and have reported it.
            WorkersError::AllDied { code: Some(2), .. } => Exit::Usage,
            WorkersError::AllDied { code: Some(3), .. } => Exit::Environment,
            _ => Exit::Internal,
        })
    } else if cause.is::<TestCaseError>()
        || cause.is::<LoadError>()
        || cause.is::<StoreError>()
        || cause.is::<RepoError>()
        || cause.is::<crate::report::html::LoadError>()
    {
        Some(Exit::Usage)
    } else {
        None
    }
}

/// Formats an error for the user: the error, its causes, and what to do about it.
#[must_use]
pub fn describe(error: &anyhow::Error) -> String {
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
    if let Some(help) = error.chain().find_map(help) {
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
    } else if cause.is::<OutputError>() {
        Some("findings are stored anyway; free some disk space, or write somewhere else".to_owned())
    } else if let Some(StoreError::Io { source, .. }) = cause.downcast_ref()
        && source.kind() == std::io::ErrorKind::NotFound
    {
        Some("give --crashes a folder of crash directories".to_owned())
    } else if let Some(StoreError::NoWrite { .. } | StoreError::Io { .. }) = cause.downcast_ref() {
        Some("give --crashes a writable folder".to_owned())
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
        assert_eq!(code(TestCaseError::Empty.into()), Exit::Usage);
        assert_eq!(code(anyhow::anyhow!("x")), Exit::Internal);
        let wrapped = Err::<(), _>(EnvError::NoCounters).context("while starting").unwrap_err();
        assert_eq!(code(wrapped), Exit::Environment);
    }

    #[test]
    fn an_error_says_causes_and_help_once() {
        let e = StoreError::NoWrite { path: "c".into(), source: std::io::Error::other("no") };
        let text = describe(&anyhow::Error::from(e).context("cannot start"));
        assert_eq!(
            text,
            "error: cannot start\n  because: cannot write in c: no\n\
             help: give --crashes a writable folder\n"
        );
        let e = HarnessError::Env(EnvError::NoCacheDir);
        assert_eq!(describe(&e.into()).matches("XDG_CACHE_HOME nor").count(), 1);
        assert!(describe(&anyhow::anyhow!("x")).contains("please report"));
    }
}
