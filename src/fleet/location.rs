//! The place that a fleet shares, as users name it.

use std::path::PathBuf;
use std::str::FromStr;

use super::folder::Folder;
use super::objects::Objects;

/// A URL of `--sync`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// `file:///mnt/shared/x`
    Folder(PathBuf),
    /// `s3://bucket/x`, `gs://bucket/x`, `az://container/x`
    Cloud(String),
}

/// A storage that cannot be used at all.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// A file is where the folder should be.
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// There is no such folder.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// A folder of something else.
    #[error(
        "{} is not the storage of a fleet: no campaign with --sync has written to it", .0.display()
    )]
    NotAFleets(PathBuf),
    /// A folder with files of something else.
    #[error("{} has other files in it, and is not the storage of a fleet", .0.display())]
    Occupied(PathBuf),
    /// A bucket without the support or the credentials for it.
    #[error("{0}")]
    Cloud(String),
}

impl LocationError {
    /// Advice for the user, where the error does not give it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NotAFolder(_) => Some(
                "--sync takes the URL of a folder or a bucket that all machines reach, such as \
                 file:///mnt/shared/x"
                    .to_owned(),
            ),
            Self::Missing(_) | Self::NotAFleets(_) => Some(
                "give the URL that the campaigns have: fuzz --sync URL makes the storage. A folder \
                 of this machine alone needs no --sync: corpus distill takes DIR or --work DIR, \
                 report takes --crashes DIR"
                    .to_owned(),
            ),
            Self::Occupied(_) => {
                Some("give an empty folder, or one that is not there yet".to_owned())
            }
            Self::Cloud(_) => None,
        }
    }
}

impl FromStr for Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            let here = std::path::absolute(text).ok().filter(|path| path.is_dir());
            let here =
                here.map(|path| format!("file://{} for this folder, or else ", path.display()));
            format!(
                "'{text}' is not a URL of a folder or a bucket; write {}file:///mnt/shared/x, \
                 s3://bucket/x, gs://bucket/x or az://container/x",
                here.unwrap_or_default()
            )
        };
        match text.split_once("://") {
            // A host between the slashes would be another machine.
            Some(("file", path)) if path.starts_with('/') => Ok(Self::Folder(path.into())),
            Some(("s3" | "gs" | "az", rest)) if !rest.trim_matches('/').is_empty() => {
                Ok(Self::Cloud(text.to_owned()))
            }
            _ => Err(wrong()),
        }
    }
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "file://{}", path.display()),
            Self::Cloud(url) => f.write_str(url),
        }
    }
}

impl Location {
    /// Opens the storage. It need not be there yet.
    ///
    /// # Errors
    /// A folder that is a file or has other files in it, or a bucket without the support or the credentials for it.
    pub fn open(&self) -> Result<Box<dyn Objects>, LocationError> {
        match self {
            Self::Folder(path) if path.exists() && !path.is_dir() => {
                Err(LocationError::NotAFolder(path.clone()))
            }
            Self::Folder(path) if Folder::is_of_something_else(path) => {
                Err(LocationError::Occupied(path.clone()))
            }
            Self::Folder(path) => Ok(Box::new(Folder::new(path.clone()))),
            Self::Cloud(url) => cloud(url),
        }
    }

    /// The storage, for one who only reads. A folder that no campaign has written to is an error
    /// instead of a new storage.
    ///
    /// # Errors
    /// As for [`Location::open`], or there is no such storage.
    pub fn open_existing(&self) -> Result<Box<dyn Objects>, LocationError> {
        match self {
            Self::Folder(path) if !path.exists() => Err(LocationError::Missing(path.clone())),
            Self::Folder(path) if path.is_dir() && !Folder::is_one(path) => {
                Err(LocationError::NotAFleets(path.clone()))
            }
            _ => self.open(),
        }
    }
}

#[cfg(feature = "cloud")]
fn cloud(url: &str) -> Result<Box<dyn Objects>, LocationError> {
    let cloud = super::cloud::Cloud::open(url);
    cloud.map(|cloud| Box::new(cloud) as _).map_err(|e| LocationError::Cloud(format!("{url}: {e}")))
}

#[cfg(not(feature = "cloud"))]
fn cloud(url: &str) -> Result<Box<dyn Objects>, LocationError> {
    Err(LocationError::Cloud(format!(
        "{url}: this typerace was built without support for object storage; build it with \
         `cargo install --features cloud`, or mount the bucket and use file://"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for good in ["file:///mnt/x", "s3://bucket/a/b", "gs://bucket", "az://container/x"] {
            assert_eq!(good.parse::<Location>().unwrap().to_string(), good);
        }
        for bad in ["", "/mnt/x", "file://host/x", "file:x", "http://x/y", "s3://", "10.0.0.1:4000"]
        {
            assert!(bad.parse::<Location>().unwrap_err().contains("file:///mnt/shared/x"), "{bad}");
        }
    }

    #[test]
    fn a_folder_of_something_else_is_no_storage() {
        let tmp = tempfile::tempdir().unwrap();
        let location = Location::Folder(tmp.path().to_owned());
        for name in ["lost+found", ".stfolder"] {
            std::fs::create_dir(tmp.path().join(name)).unwrap();
        }
        assert!(location.open().is_ok());
        std::fs::write(tmp.path().join("thesis.tex"), "").unwrap();
        let occupied = |e: LocationError| matches!(e, LocationError::Occupied(_));
        assert!(location.open().is_err_and(occupied));
        std::fs::write(tmp.path().join("typerace-fleet.json"), "").unwrap();
        assert!(location.open().is_ok());
    }

    #[test]
    fn a_file_is_no_storage() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let location = Location::Folder(file.path().to_owned());
        let not = |e: LocationError| matches!(e, LocationError::NotAFolder(_));
        assert!(location.open().is_err_and(not) && location.open_existing().is_err_and(not));
    }
}
