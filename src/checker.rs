//! The type checkers that can be under test.

use serde::{Deserialize, Serialize};

/// The type checker under test.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Checker {
    /// The one for tools, go/types.
    #[default]
    #[serde(rename = "go/types")]
    GoTypes,
    /// The compiler's own, cmd/compile/internal/types2.
    #[serde(rename = "types2")]
    Types2,
}

/// Where the packages of types2 are.
const COMPILER: &str = "cmd/compile/internal/";

/// The harness's import path, where it is built as a package of the compiler.
pub const TWIN: &str = "cmd/compile/internal/typerace";

impl Checker {
    /// Every checker.
    pub const ALL: [Self; 2] = [Self::GoTypes, Self::Types2];

    /// The word on the command line and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GoTypes => "go/types",
            Self::Types2 => "types2",
        }
    }

    /// The import paths of its packages, which have counters and probes. The first one is the
    /// checker itself.
    #[must_use]
    pub fn packages(self) -> &'static [&'static str] {
        match self {
            Self::GoTypes => &["go/types"],
            Self::Types2 => &["cmd/compile/internal/types2", "cmd/compile/internal/importer"],
        }
    }

    /// The folders of its packages below a GOROOT.
    #[must_use]
    pub fn folders(self) -> &'static [&'static str] {
        match self {
            Self::GoTypes => &["src/go/types"],
            Self::Types2 => {
                &["src/cmd/compile/internal/types2", "src/cmd/compile/internal/importer"]
            }
        }
    }

    /// The least number of goroutines of a scenario that a campaign runs: a compilation has one.
    #[must_use]
    pub fn fewest_goroutines(self) -> usize {
        match self {
            Self::GoTypes => 2,
            Self::Types2 => 1,
        }
    }

    /// The checker that a function, named as in a stack, is part of.
    #[must_use]
    pub fn of(function: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|checker| checker.has(function))
    }

    /// Whether a function, named as in a stack, is one of its own.
    #[must_use]
    pub fn has(self, function: &str) -> bool {
        let local = |package| function.strip_prefix(package);
        self.packages().iter().any(|package| local(*package).is_some_and(|l| l.starts_with('.')))
    }
}

/// A text without what everyone knows of a checker's functions: `go/types.` and the compiler's folder.
#[must_use]
pub fn short(text: &str) -> String {
    text.replace("go/types.", "").replace(COMPILER, "")
}

impl std::fmt::Display for Checker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Checker {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|c| c.as_str() == word);
        found.ok_or_else(|| "the checkers are go/types and types2".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for checker in Checker::ALL {
            assert_eq!(checker.to_string().parse(), Ok(checker));
            let json = serde_json::to_string(&checker).unwrap();
            assert_eq!(json, format!("\"{checker}\""));
        }
        assert!("types3".parse::<Checker>().is_err());
    }

    #[test]
    fn folders_are_those_of_packages() {
        for checker in Checker::ALL {
            let folders: Vec<String> =
                checker.packages().iter().map(|p| format!("src/{p}")).collect();
            assert_eq!(checker.folders(), folders);
        }
    }

    #[test]
    fn functions_belong_to_one_checker() {
        for (function, of) in [
            ("go/types.(*Named).unpack", Some(Checker::GoTypes)),
            ("cmd/compile/internal/types2.under", Some(Checker::Types2)),
            ("cmd/compile/internal/importer.(*reader).obj", Some(Checker::Types2)),
            ("cmd/compile/internal/types.NewPtr", None),
            ("cmd/compile/internal/typerace.main", None),
        ] {
            assert_eq!(Checker::of(function), of, "{function}");
        }
    }
}
