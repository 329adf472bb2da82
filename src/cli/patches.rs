//! `typerace patches`: known roots, and the changes that end them.

use std::fmt::Write as _;

use serde::Serialize;

use super::ticker::waiting;
use super::{Exit, GoArgs, print};
use crate::harness::{EnvError, Toolchain, applicable};
use crate::patches::{Patch, load};
use crate::scenario::Class;

/// List known roots, the patches that end them, and which apply to the Go under test
#[derive(Debug, clap::Args)]
pub struct PatchesArgs {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    go: GoArgs,
}

/// What `patches --json` prints.
#[derive(Serialize)]
struct Report {
    /// The Go under test.
    go_version: String,
    patches: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    issues: Vec<u32>,
    class: Class,
    kinds: Vec<String>,
    /// The releases that it is for.
    releases: String,
    /// Whether it applies to the Go under test.
    applies: bool,
    /// Why it does not.
    why: Option<String>,
    /// Where it stands.
    file: String,
}

/// Prints the list.
///
/// # Errors
/// There is no Go, a patch or the overlay cannot be used, or the list cannot be printed.
pub fn run(args: &PatchesArgs) -> anyhow::Result<Exit> {
    let options = args.go.options();
    let patches = match &options.patches {
        all if all.is_none() => load(all.dir.as_deref()),
        some => some.patches(),
    };
    let patches = patches.map_err(EnvError::from)?;
    let toolchain = Toolchain::locate(&options, &mut waiting())?;
    let why = applicable(&toolchain, options.overlay.as_deref(), &patches)?;
    let patches = patches.into_iter().zip(why).map(|(p, why)| row(p, why)).collect();
    let report = Report { go_version: toolchain.version, patches };
    print(&if args.json { serde_json::to_string(&report)? + "\n" } else { text(&report) })?;
    Ok(Exit::Nothing)
}

fn row(patch: Patch, why: Option<String>) -> Row {
    Row {
        releases: patch.releases(),
        id: patch.id,
        title: patch.title,
        issues: patch.issues,
        class: patch.class,
        kinds: patch.kinds,
        applies: why.is_none(),
        why,
        file: patch.file,
    }
}

/// Writing to a String cannot fail.
fn text(report: &Report) -> String {
    let mut out = String::new();
    let width = report.patches.iter().map(|r| r.id.len()).max().unwrap_or_default();
    for r in &report.patches {
        let _ = writeln!(out, "{:<width$}  {}", r.id, r.title);
        let issues: Vec<String> = r.issues.iter().map(|n| format!("golang/go#{n}")).collect();
        let issues = if issues.is_empty() { "no issue".to_owned() } else { issues.join(", ") };
        let kinds = r.kinds.join(", ");
        let _ = writeln!(out, "{:width$}  {}: {kinds}; {issues}", "", r.class);
        let applies = match &r.why {
            None => format!("applies to {}", report.go_version),
            Some(why) => format!("does not apply to {}: {why}", report.go_version),
        };
        let _ = writeln!(out, "{:width$}  for Go {}; {applies}", "", r.releases);
    }
    let n = report.patches.iter().filter(|r| r.applies).count();
    let _ = writeln!(
        out,
        "\n{n} of {} apply to {}; typerace fuzz --patch known uses them",
        report.patches.len(),
        report.go_version
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_for_people() {
        let patch = "id = \"X1\"\ntitle = \"race when two do it\"\nissues = [7]\nclass = \"bug\"\n\
                     kinds = [\"data-race\", \"panic\"]\n[[variant]]\nreleases = \"1.26\"\n\
                     [[variant.edit]]\nfile = \"go/types/a.go\"\nold = \"a\"\nnew = \"b\"\n";
        let other = patch.replace("X1", "Longer").replace("[7]", "[]");
        let parse = |text: &str| Patch::parse("x.toml", text).unwrap();
        let patches = vec![
            row(parse(patch), None),
            row(parse(&other), Some("go/types/a.go does not have the text".to_owned())),
        ];
        let report = Report { go_version: "go1.26.8".to_owned(), patches };
        assert_eq!(
            text(&report),
            "\
X1      race when two do it
        bug: data-race, panic; golang/go#7
        for Go 1.26; applies to go1.26.8
Longer  race when two do it
        bug: data-race, panic; no issue
        for Go 1.26; does not apply to go1.26.8: go/types/a.go does not have the text

1 of 2 apply to go1.26.8; typerace fuzz --patch known uses them
"
        );
    }
}
