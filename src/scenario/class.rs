//! The class of a scenario: whether a race in it is a bug of go/types.

use serde::{Deserialize, Serialize};

/// Whether a race of a scenario is a bug of go/types.
///
/// The order is the one in which elements combine: a scenario has the
/// greatest class of its elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Every element is documented, or stated by the maintainers, as safe for
    /// concurrent use: what fails is a bug of go/types.
    Bug,
    /// The documentation is silent on an element.
    Unstated,
    /// An element breaks a documented rule: a race is expected.
    #[serde(rename = "contract")]
    Breach,
}

impl Class {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Class::Bug => "bug",
            Class::Unstated => "unstated",
            Class::Breach => "contract",
        }
    }
}

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which scenarios a campaign makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// No contract breach.
    Safe,
    /// Contract breaches only.
    Contract,
    /// Mostly safe, some contract breaches.
    #[default]
    All,
}

impl Profile {
    /// Whether a scenario of this class may be made under the profile.
    #[must_use]
    pub fn allows(self, class: Class) -> bool {
        match self {
            Profile::Safe => class != Class::Breach,
            Profile::Contract => class == Class::Breach,
            Profile::All => true,
        }
    }
}
