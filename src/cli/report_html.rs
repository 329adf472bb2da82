//! `typerace report --html`: the findings as an HTML page.

use std::path::{Path, PathBuf};

use clap::Args;

use super::GoArgs;
use super::interrupt::interrupt_flag;
use super::regress_files::writable;
use crate::checker::Checker;
use crate::files;
use crate::finding::rfc3339;
use crate::regress::{CaseKind, built_in, from_corpus, from_crashes};
use crate::report::Report;
use crate::report::html::{Coverage, LoadError, Page, counts, html, json, load, samples, too_few};
use crate::report::measure::measure;
use crate::testcase::SourceCase;
use crate::words::left_out;

/// The page, and what it shows in addition to the findings.
#[derive(Args, Debug)]
pub struct HtmlArgs {
    /// Write one self-contained HTML page
    #[arg(long, value_name = "FILE", conflicts_with_all = ["markdown", "json"])]
    pub(super) html: Option<PathBuf>,
    /// File written by `fuzz --jsonl`; adds the campaign's curves
    #[arg(long, value_name = "FILE", requires = "html")]
    samples: Option<PathBuf>,
    /// Output of `fuzz --json`; adds the campaign's figures and operators
    #[arg(long, value_name = "FILE", requires = "html")]
    summary: Option<PathBuf>,
    /// Output of `regress --json`; adds the toolchain matrix
    #[arg(long, value_name = "FILE", requires = "html")]
    matrix: Option<PathBuf>,
    /// Output of `go tool cover -func`; adds the heat map
    #[arg(long, value_name = "FILE", requires = "html")]
    coverage: Option<PathBuf>,
    /// Measure the heat map: run the inputs once in a build with Go's own coverage
    /// instrumentation
    #[arg(long, requires = "html", conflicts_with = "coverage")]
    cover: bool,
    /// Inputs for --cover: a folder of .txtar and .go files, or a campaign's --work folder; may
    /// be repeated [default: the built-in corpus]
    #[arg(long, value_name = "DIR", requires = "cover")]
    cover_corpus: Vec<PathBuf>,
}

impl HtmlArgs {
    /// The inputs of `--cover`: the given folders or the built-in corpus, and the crash
    /// directories.
    fn inputs(&self, crashes: &Path, checker: Checker) -> anyhow::Result<Vec<SourceCase>> {
        let mut cases: Vec<SourceCase> = Vec::new();
        if self.cover_corpus.is_empty() {
            let seeds = built_in(checker)?.into_iter().filter(|c| c.kind != CaseKind::Gate);
            cases.extend(seeds.map(|c| c.source));
        }
        for dir in &self.cover_corpus {
            cases.extend(from_corpus(dir, checker)?.into_iter().map(|c| c.source));
        }
        if crashes.is_dir() {
            // The page lists what cannot be read.
            let own = from_crashes(crashes, checker, &mut Vec::new())?;
            cases.extend(own.into_iter().map(|c| c.source));
        }
        Ok(cases)
    }

    /// Reads or measures the coverage, as the arguments ask.
    fn coverage(
        &self,
        crashes: &Path,
        go: &GoArgs,
        progress: &mut dyn FnMut(&str),
    ) -> anyhow::Result<Option<Coverage>> {
        if let Some(path) = &self.coverage {
            let failed = |source| LoadError::Read { path: path.clone(), source };
            return Ok(Some(Coverage::parse(
                &files::as_text(files::read_named(path)).map_err(failed)?,
            )));
        }
        if !self.cover {
            return Ok(None);
        }
        let inputs = self.inputs(crashes, go.checker())?;
        let measured = measure(&go.options(), &inputs, &interrupt_flag()?, progress)?;
        let mut coverage = measured.coverage;
        coverage.of = format!("{} inputs on {}", measured.inputs, measured.go_version);
        if measured.lost > 0 {
            coverage.of.push_str(&format!(", {} more did not finish", measured.lost));
        }
        progress(&format!("coverage: {:.1} % of statements, {}", coverage.total, coverage.of));
        Ok(Some(coverage))
    }
}

/// Writes the page.
///
/// # Errors
/// An input cannot be read, or the page cannot be written.
pub fn write(
    args: &HtmlArgs,
    crashes: &Path,
    report: &Report,
    go: &GoArgs,
    progress: &mut dyn FnMut(&str),
) -> anyhow::Result<()> {
    let Some(to) = &args.html else { return Ok(()) };
    left_out(&report.problems).iter().for_each(|line| progress(&format!("warning: {line}")));
    let mut page = Page {
        folder: crashes.display().to_string(),
        samples: args.samples.as_deref().map(samples).transpose()?.unwrap_or_default(),
        summary: args.summary.as_deref().map(json).transpose()?,
        matrix: args.matrix.as_deref().map(json).transpose()?,
        made_at: rfc3339(std::time::SystemTime::now()),
        ..Page::default()
    };
    if let (Some(path), Some(few)) = (&args.samples, too_few(&page.samples)) {
        progress(&format!(
            "warning: no curves from {}: {}; fuzz --jsonl FILE writes one every second",
            path.display(),
            few.to_lowercase()
        ));
    }
    load(&mut page, report);
    if args.cover {
        // Before the work, so that an unusable file is reported at once.
        writable(to)?;
    }
    page.coverage = args.coverage(crashes, go, progress)?;
    files::output(to, html(&page).as_bytes())
        .map_err(|source| LoadError::Write { path: to.clone(), source })?;
    progress(&format!("{} in {}", counts(&page), to.display()));
    Ok(())
}
