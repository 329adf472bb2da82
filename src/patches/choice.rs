//! What `--patch` and `--patches` say.

use std::path::PathBuf;
use std::str::FromStr;

use super::error::PatchError;
use super::list::load;
use super::parse::Patch;

/// Which patches a user wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// None: go/types as it is.
    #[default]
    None,
    /// Every patch that applies to the Go under test.
    Known,
    /// These.
    Names(Vec<String>),
}

/// Which patches, and where to look for them beside the binary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub wanted: Wanted,
    /// A folder with further patches.
    pub dir: Option<PathBuf>,
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "known" => Ok(Self::Known),
            _ => {
                let names: Vec<String> = text.split(',').map(|n| n.trim().to_owned()).collect();
                if names.iter().any(|n| n.is_empty() || n == "known" || n == "none") {
                    return Err("write known, none, or names such as R1,R3".to_owned());
                }
                Ok(Self::Names(names))
            }
        }
    }
}

impl Choice {
    /// Whether go/types stays as it is.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.wanted == Wanted::None
    }

    /// The patches that are wanted, in the order of the list.
    ///
    /// # Errors
    /// A patch cannot be read, or there is none of a name.
    pub fn patches(&self) -> Result<Vec<Patch>, PatchError> {
        if let (Wanted::None, Some(dir)) = (&self.wanted, &self.dir) {
            return Err(PatchError::NotAsked(dir.clone()));
        }
        let mut all = match self.wanted {
            Wanted::None => Vec::new(),
            _ => load(self.dir.as_deref())?,
        };
        if let Wanted::Names(names) = &self.wanted {
            if let Some(name) = names.iter().find(|n| !all.iter().any(|p| p.is_called(n))) {
                let there: Vec<&str> = all.iter().map(|p| &*p.id).collect();
                return Err(PatchError::Unknown { name: name.clone(), there: there.join(", ") });
            }
            all.retain(|p| names.iter().any(|n| p.is_called(n)));
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted() {
        let ids = |text: &str| {
            let choice = Choice { wanted: text.parse().unwrap(), dir: None };
            choice.patches().map(|all| all.into_iter().map(|p| p.id).collect::<Vec<_>>())
        };
        assert!(ids("none").unwrap().is_empty());
        assert!(ids("known").unwrap().len() > 6);
        // The order is the list's, so that texts that two patches change agree.
        assert_eq!(ids("r4-hash, R1").unwrap(), ["R1", "R4"]);
        let why = ids("R1,R99").unwrap_err().to_string();
        assert!(why.starts_with("there is no patch \"R99\"; there are N1, "), "{why}");
        for bad in ["", "R1,", "known,R1"] {
            assert!(bad.parse::<Wanted>().is_err(), "{bad}");
        }
        let alone = Choice { wanted: Wanted::None, dir: Some("d".into()) };
        assert!(alone.patches().unwrap_err().to_string().contains("--patches d needs --patch"));
    }
}
