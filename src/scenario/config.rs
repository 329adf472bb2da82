//! What the operation `configure` sets for a goroutine's later checks, most of it in their Config.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::vocabulary::ConfigWord;
use crate::rng::Rng;

/// A setting of a Config, with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Configured {
    /// The Config of goroutines that configure nothing.
    Default,
    /// IgnoreFuncBodies.
    NoBodies,
    /// No types.Info.
    NoInfo,
    /// GoVersion: 20 for go1.20.
    GoVersion(u8),
    /// The version of every file, as from a line `//go:build go1.20`.
    FileVersion(u8),
    /// FakeImportC.
    FakeImportC,
    /// Sizes of an architecture.
    Sizes(Arch),
    /// DisableUnusedImportCheck.
    UnusedImports,
    /// No Error.
    Silent,
}

macro_rules! archs {
    ($($variant:ident = $text:literal,)*) => {
        /// An architecture, by the name that types.SizesFor knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[allow(missing_docs)]
        pub enum Arch { $($variant,)* }

        impl Arch {
            /// Every architecture.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name; `nil` for no Sizes at all.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

archs! {
    Nil = "nil",
    I386 = "386",
    Arm = "arm",
    Arm64 = "arm64",
    Mips = "mips",
    S390x = "s390x",
    Wasm = "wasm",
}

impl Configured {
    /// Versions that are drawn: one below each that go/types compares a version with, the two around
    /// type parameters and per-file versions, and one that no release has.
    const VERSIONS: &'static [u8] = &[8, 12, 13, 16, 17, 18, 19, 20, 21, 22, 25, 26, 99];

    /// A random setting. Those that make errors are rare.
    pub(crate) fn draw(rng: &mut Rng) -> Option<Self> {
        Some(match rng.below(16) {
            0..3 => Self::NoBodies,
            3..5 => Self::NoInfo,
            5..7 => Self::Sizes(*rng.choose(Arch::ALL)?),
            7..9 => Self::UnusedImports,
            9..12 => Self::Silent,
            12 => Self::FakeImportC,
            13 => Self::GoVersion(*rng.choose(Self::VERSIONS)?),
            14 => Self::FileVersion(*rng.choose(Self::VERSIONS)?),
            _ => Self::Default,
        })
    }

    /// The setting without its value.
    #[must_use]
    pub fn word(self) -> ConfigWord {
        match self {
            Self::Default => ConfigWord::Default,
            Self::NoBodies => ConfigWord::NoBodies,
            Self::NoInfo => ConfigWord::NoInfo,
            Self::GoVersion(_) => ConfigWord::GoVersion,
            Self::FileVersion(_) => ConfigWord::FileVersion,
            Self::FakeImportC => ConfigWord::FakeImportC,
            Self::Sizes(_) => ConfigWord::Sizes,
            Self::UnusedImports => ConfigWord::UnusedImports,
            Self::Silent => ConfigWord::Silent,
        }
    }

    /// Reads a setting and its value; `None` if they do not fit.
    #[must_use]
    pub fn read(word: ConfigWord, value: Option<&str>) -> Option<Self> {
        let version = || value?.parse().ok().filter(|n| (1..100).contains(n));
        let plain = |setting| value.is_none().then_some(setting);
        match word {
            ConfigWord::Default => plain(Self::Default),
            ConfigWord::NoBodies => plain(Self::NoBodies),
            ConfigWord::NoInfo => plain(Self::NoInfo),
            ConfigWord::GoVersion => version().map(Self::GoVersion),
            ConfigWord::FileVersion => version().map(Self::FileVersion),
            ConfigWord::FakeImportC => plain(Self::FakeImportC),
            ConfigWord::Sizes => {
                let arch = Arch::ALL.iter().find(|arch| Some(arch.name()) == value);
                arch.copied().map(Self::Sizes)
            }
            ConfigWord::UnusedImports => plain(Self::UnusedImports),
            ConfigWord::Silent => plain(Self::Silent),
        }
    }
}

impl fmt::Display for Configured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word().name())?;
        match self {
            Self::GoVersion(n) | Self::FileVersion(n) => write!(f, " {n}"),
            Self::Sizes(arch) => write!(f, " {}", arch.name()),
            _ => Ok(()),
        }
    }
}
