//! What the operation `configure` sets in the Config of later checks.

use crate::scenario::{Arch, Configured};

/// The settings of a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::struct_excessive_bools)]
pub struct Settings {
    no_bodies: bool,
    /// Nothing is recorded, even if the program's other checks have a `types.Info`.
    pub no_info: bool,
    fake_c: bool,
    unused_imports: bool,
    /// `Config.Error` is set only after a first attempt without it has failed.
    pub silent: bool,
    version: Option<u8>,
    /// The version of every file.
    pub file_version: Option<u8>,
    sizes: Option<Arch>,
}

impl Settings {
    /// Changes what a `configure` sets.
    pub fn set(&mut self, setting: Configured) {
        match setting {
            Configured::Default => *self = Self::default(),
            Configured::NoBodies => self.no_bodies = true,
            Configured::NoInfo => self.no_info = true,
            Configured::GoVersion(n) => self.version = Some(n),
            Configured::FileVersion(n) => self.file_version = Some(n),
            Configured::FakeImportC => self.fake_c = true,
            // Without Sizes, those of amd64 apply, as everywhere in a program.
            Configured::Sizes(Arch::Nil) => self.sizes = None,
            Configured::Sizes(arch) => self.sizes = Some(arch),
            Configured::UnusedImports => self.unused_imports = true,
            Configured::Silent => self.silent = true,
        }
    }

    /// The fields of a `types.Config`.
    #[must_use]
    pub fn fields(self) -> Vec<String> {
        let mut out = Vec::new();
        let flags = [
            (self.no_bodies, "IgnoreFuncBodies: true"),
            (self.fake_c, "FakeImportC: true"),
            (self.unused_imports, "DisableUnusedImportCheck: true"),
        ];
        out.extend(flags.iter().filter(|f| f.0).map(|f| f.1.to_owned()));
        out.extend(self.version.map(|n| format!("GoVersion: \"go1.{n}\"")));
        let sizes = |arch: Arch| format!("Sizes: types.SizesFor(\"gc\", \"{}\")", arch.name());
        out.extend(self.sizes.map(sizes));
        out
    }

    /// What the name of a function that checks adds for them.
    #[must_use]
    pub fn suffix(self) -> String {
        let flags = [
            (self.no_bodies, "NoBodies"),
            (self.no_info, "NoInfo"),
            (self.fake_c, "FakeC"),
            (self.unused_imports, "UnusedImports"),
            (self.silent, "Silent"),
        ];
        let mut out: String = flags.iter().filter(|f| f.0).map(|f| f.1).collect();
        if let Some(n) = self.version {
            out.push_str(&format!("Go{n}"));
        }
        if let Some(n) = self.file_version {
            out.push_str(&format!("Files{n}"));
        }
        if let Some(arch) = self.sizes {
            let name = arch.name();
            out.push_str(&name[..1].to_uppercase());
            out.push_str(&name[1..]);
        }
        out
    }
}
