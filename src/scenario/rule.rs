//! What a class rests on: a quotation with its source, or a statement of typerace's.

use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

/// A sentence that a class rests on, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The sentence, or the part of it that matters.
    pub says: &'static str,
    /// Where it stands.
    pub source: Source,
    /// What it means here, in typerace's words. May be empty.
    pub note: &'static str,
}

/// A sentence from an issue, as its author wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssueQuotation {
    /// The number in golang/go.
    pub number: u32,
    /// The author's GitHub name.
    pub author: &'static str,
    /// The day on which the text was written.
    pub date: &'static str,
    /// The sentence, in GitHub's Markdown.
    pub says: &'static str,
}

/// Where a sentence stands, letter for letter. Only comment markers and white space
/// may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The documentation of a declaration in Go's standard library.
    Go {
        /// Below GOROOT/src.
        file: &'static str,
        /// `type Context`, `func For`, `func (*Scope) Insert`.
        declaration: &'static str,
    },
    /// A comment in Go's standard library.
    GoComment {
        /// Below GOROOT/src.
        file: &'static str,
    },
    /// The documentation of a declaration in golang.org/x/tools.
    Tools {
        /// Below the module's root.
        file: &'static str,
        /// As for Go.
        declaration: &'static str,
    },
    /// An issue of golang/go.
    Issue(&'static IssueQuotation),
    /// Where a registered target says that it stands. typerace cannot check it.
    Target(&'static str),
    /// No source: typerace says so itself.
    Own,
}

/// What a [`Source`] is, in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// The documentation of Go or of golang.org/x/tools.
    Documentation,
    /// A comment in the sources that documents no declaration for users.
    Comment,
    /// An issue of golang/go.
    Issue,
    /// A registered target names it.
    Target,
    /// typerace itself, or unknown: a file of an earlier release does not say.
    #[default]
    Own,
}

impl SourceKind {
    /// Whether the sentence is a quotation.
    #[must_use]
    pub fn is_quotation(self) -> bool {
        self != Self::Own
    }
}

impl Source {
    /// What it is.
    #[must_use]
    pub fn kind(self) -> SourceKind {
        match self {
            Self::Go { .. } | Self::Tools { .. } => SourceKind::Documentation,
            Self::GoComment { .. } => SourceKind::Comment,
            Self::Issue(_) => SourceKind::Issue,
            Self::Target(_) => SourceKind::Target,
            Self::Own => SourceKind::Own,
        }
    }

    /// The place, for people: `go/types, type Context`. Empty if there is none.
    #[must_use]
    pub fn place(self) -> String {
        let package = |file: &'static str| file.rsplit_once('/').map_or(file, |(dir, _)| dir);
        match self {
            Self::Go { file, declaration } => format!("{}, {declaration}", package(file)),
            Self::GoComment { file } => format!("a comment in {file}"),
            Self::Tools { file, declaration } => {
                format!("golang.org/x/tools/{}, {declaration}", package(file))
            }
            Self::Issue(q) => {
                format!("golang.org/issue/{}, {}, {}", q.number, q.author, q.date)
            }
            Self::Target(place) => place.to_owned(),
            Self::Own => String::new(),
        }
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rule = serializer.serialize_struct("Rule", 4)?;
        rule.serialize_field("says", self.says)?;
        rule.serialize_field("place", &self.source.place())?;
        rule.serialize_field("source", &self.source.kind())?;
        rule.serialize_field("note", self.note)?;
        rule.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::quotations::ISSUES;

    #[test]
    fn places_name_the_source() {
        let file = "go/types/named.go";
        for (source, kind, place) in [
            (
                Source::Go { file, declaration: "type Named" },
                SourceKind::Documentation,
                "go/types, type Named",
            ),
            (Source::GoComment { file }, SourceKind::Comment, "a comment in go/types/named.go"),
            (
                Source::Tools { file: "go/ssa/builder.go", declaration: "func F" },
                SourceKind::Documentation,
                "golang.org/x/tools/go/ssa, func F",
            ),
            (
                Source::Issue(&ISSUES[0]),
                SourceKind::Issue,
                "golang.org/issue/34921, rsc, 2019-10-15",
            ),
            (Source::Target("loose.go"), SourceKind::Target, "loose.go"),
            (Source::Own, SourceKind::Own, ""),
        ] {
            assert_eq!((source.kind(), source.place().as_str()), (kind, place));
            assert_eq!(source.kind().is_quotation(), source != Source::Own);
        }
    }
}
