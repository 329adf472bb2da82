//! The columns of `typerace regress`: a harness for each Go, overlay and patch.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::regress::RegressArgs;
use super::say_patched;
use super::ticker::waiting;
use crate::harness::{BuiltHarness, EnvError, GoOptions, is_release_version};
use crate::patches::Choice;
use crate::regress::{Column, RegressError};

/// Builds a harness for each Go; with an overlay or patches, one without and one with them. With
/// `--against` or `--against-overlay`, builds the two sides of the comparison.
///
/// # Errors
/// Options that make no sense together, or a Go that cannot be used.
pub(super) fn columns(args: &RegressArgs) -> anyhow::Result<Vec<Column>> {
    let wanted = args.go.each();
    if args.go.overlay.is_some() && wanted.len() > 1 {
        let why = "an overlay belongs to one Go: use --overlay with a single --toolchain";
        return Err(RegressError::Usage(why.to_owned()).into());
    }
    if args.is_against() {
        return sides(args, wanted);
    }
    let mut columns: Vec<Column> = Vec::new();
    for mut options in wanted {
        let overlay = options.overlay.take();
        let patches = std::mem::take(&mut options.patches);
        // Printed before the build of the other one.
        patches.patches().map_err(EnvError::from)?;
        let column = column(options.clone())?;
        if columns.iter().any(|c| c.built.key == column.built.key) {
            return Err(RegressError::Usage(format!("{} is listed twice", column.label)).into());
        }
        let toolchain = column.built.toolchain.clone();
        columns.push(column);
        if overlay.is_some() || !patches.is_none() {
            let options = GoOptions { overlay: overlay.clone(), patches, ..options };
            let patched = BuiltHarness::build(toolchain, &options, &mut waiting())
                .context("cannot build with the overlay and patches")?;
            columns.push(of(patched, options));
        }
    }
    Ok(columns)
}

/// What the change is compared with, and the change.
fn sides(args: &RegressArgs, wanted: Vec<GoOptions>) -> anyhow::Result<Vec<Column>> {
    let usage = |why: &str| anyhow::Error::from(RegressError::Usage(why.to_owned()));
    let Ok([change]) = <[GoOptions; 1]>::try_from(wanted) else {
        return Err(usage("a comparison has two sides: use a single --toolchain"));
    };
    let mut base = GoOptions { patches: Choice::default(), ..change.clone() };
    if let Some(goroot) = &args.against {
        (base.overlay, base.go, base.toolchain) = (None, None, None);
        if !goroot.is_dir() && is_release_version(&goroot.to_string_lossy()) {
            base.toolchain = Some(goroot.to_string_lossy().into_owned());
        } else {
            base.go = Some(goroot.join("bin/go"));
        }
    }
    if let Some(overlay) = &args.against_overlay {
        base.overlay = (overlay != Path::new("none")).then(|| overlay.clone());
    }
    let (base, change) = (column(base)?, column(change)?);
    if base.built.key == change.built.key {
        return Err(usage("both sides are the same go/types: there is no change to look at"));
    }
    let mut sides = vec![base, change];
    if sides[0].label == sides[1].label {
        // Two trees of one version, or two overlays of one name.
        let tree = |side: &Column| side.built.toolchain.goroot.clone();
        let one_tree = tree(&sides[0]) == tree(&sides[1]);
        for side in &mut sides {
            let place = match &side.options.overlay {
                Some(overlay) if one_tree => overlay.display().to_string(),
                _ => tree(side).display().to_string(),
            };
            side.label = format!("{} in {place}", side.label);
        }
    }
    Ok(sides)
}

fn column(options: GoOptions) -> anyhow::Result<Column> {
    Ok(of(BuiltHarness::get(&options, &mut waiting())?, options))
}

/// A column, named after its Go, its overlay and its patches.
fn of(built: BuiltHarness, options: GoOptions) -> Column {
    say_patched(&built);
    let name = options.overlay.iter().filter_map(|p| p.file_name());
    let name = name.map(|n| n.to_string_lossy().into_owned());
    let ids = built.patched.ids.iter().cloned();
    let label = built.toolchain.version.clone();
    let label = name.chain(ids).fold(label, |all, one| format!("{all} + {one}"));
    let patched = options.overlay.is_some() || !options.patches.is_none();
    Column { label, built, patched, options }
}

/// The GOROOT of the release that a local tree is compared with, to list what it changes. `Err` says
/// how to compare it otherwise.
pub(super) fn release_of(column: &Column, is_local: bool) -> Result<Option<PathBuf>, String> {
    let built = &column.built;
    let (version, goroot) = (&built.toolchain.version, built.toolchain.goroot.display());
    match built.sources.release {
        Some(true) => Ok(None),
        Some(false) if built.sources.copy.is_some() => Ok(built.sources.copy.clone()),
        Some(false) => Err(format!(
            "{goroot} is no release's tree: --against GOROOT compares it with another, and lists \
             the functions that it changes"
        )),
        None if is_local => Err(format!(
            "there is no other copy of {version} to say what {goroot} changes in it: --against \
             {version} gets one and compares them"
        )),
        None => Ok(None),
    }
}
