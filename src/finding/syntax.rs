//! Findings from syntax that is not as it was: no analyzer may change it
//! (golang.org/issue/68735).

use super::finding::{Finding, Origin};
use super::kind::Kind;
use super::normalise::Blame;
use super::observe::Draft;
use super::signature::signature;
use crate::scenario::Scenario;

/// How the signatures of these findings start.
pub const SYNTAX_CHANGED: &str = "mismatch: syntax changed: ";

/// What starts a line of a standalone program that shows one.
const PRINTED: &str = "SYNTAX CHANGED: ";

/// The findings for fields of nodes that changed, `ast.Field.Doc in lib`: one for each field.
#[must_use]
pub fn changed_syntax(changed: &[String], scenario: &Scenario, origin: &Origin) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for text in changed {
        let (field, package) = text.split_once(" in ").unwrap_or((text, ""));
        let draft = Draft {
            kind: Kind::Mismatch,
            signature: signature(Kind::Mismatch, "syntax changed", &[field.to_owned()]),
            title: format!("mismatch: the syntax of {package} changed: {field}"),
            blame: Blame::XTools,
            alone: false,
            stacks: Vec::new(),
        };
        let finding = draft.finding(scenario, false, origin);
        if found.iter().all(|f| f.id != finding.id) {
            found.push(finding);
        }
    }
    found
}

/// The fields in the output of a standalone program.
#[must_use]
pub fn printed_changes(output: &str) -> Vec<String> {
    output.lines().filter_map(|l| l.strip_prefix(PRINTED)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_for_each_field() {
        let scenario = Scenario::parse("go analyze fieldalignment lib").unwrap().unwrap();
        let changed = ["ast.Field.Doc in lib", "ast.Field.Doc in a", "ast.File.Decls in a"];
        let found = changed_syntax(&changed.map(str::to_owned), &scenario, &Origin::default());
        let signatures: Vec<_> = found.iter().map(|f| f.signature.as_str()).collect();
        assert_eq!(
            signatures,
            ["mismatch: syntax changed: ast.Field.Doc", "mismatch: syntax changed: ast.File.Decls"]
        );
        assert!(found.iter().all(|f| f.signature.starts_with(SYNTAX_CHANGED)));
        assert_eq!(found[0].title, "mismatch: the syntax of lib changed: ast.Field.Doc");
        assert_eq!(found[0].blame, Blame::XTools);
        assert_eq!(printed_changes("x\nSYNTAX CHANGED: ast.Field.Doc\n"), ["ast.Field.Doc"]);
    }
}
