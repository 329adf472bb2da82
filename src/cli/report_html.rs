//! `typerace report --html`: the page.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::finding::rfc3339;
use crate::report::html::{Coverage, LoadError, Page, findings, html, json, samples};

/// The page and what it shows beside the findings.
#[derive(Args, Debug)]
pub struct HtmlArgs {
    /// Write one self-contained page
    #[arg(long, value_name = "FILE", required = true)]
    html: Option<PathBuf>,
    /// What `fuzz --jsonl` wrote: the campaign's curves
    #[arg(long, value_name = "FILE", requires = "html")]
    samples: Option<PathBuf>,
    /// What `fuzz --json` printed: the campaign's figures and operators
    #[arg(long, value_name = "FILE", requires = "html")]
    summary: Option<PathBuf>,
    /// What `regress --json` printed: the toolchain matrix
    #[arg(long, value_name = "FILE", requires = "html")]
    matrix: Option<PathBuf>,
    /// What `go tool cover -func` printed: the heat map
    #[arg(long, value_name = "FILE", requires = "html")]
    coverage: Option<PathBuf>,
}

/// Writes the page; says how many findings are in it.
///
/// # Errors
/// An input that cannot be read, a page that cannot be written.
pub fn write(
    args: &HtmlArgs,
    crashes: &Path,
    progress: &mut dyn FnMut(&str),
) -> anyhow::Result<usize> {
    let Some(to) = &args.html else { return Ok(0) };
    let (findings, problems) = findings(crashes)?;
    for problem in problems {
        progress(&format!("warning: left out: {problem}"));
    }
    let found = findings.len();
    let coverage = match &args.coverage {
        Some(path) => {
            let failed = |source| LoadError::Read { path: path.clone(), source };
            Some(Coverage::parse(&std::fs::read_to_string(path).map_err(failed)?))
        }
        None => None,
    };
    let page = Page {
        findings,
        samples: args.samples.as_deref().map(samples).transpose()?.unwrap_or_default(),
        summary: args.summary.as_deref().map(json).transpose()?,
        matrix: args.matrix.as_deref().map(json).transpose()?,
        coverage,
        made_at: rfc3339(std::time::SystemTime::now()),
    };
    std::fs::write(to, html(&page))
        .map_err(|source| LoadError::Write { path: to.clone(), source })?;
    progress(&format!("{found} findings in {}", to.display()));
    Ok(found)
}
