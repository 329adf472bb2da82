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
#[error("{0}")]
pub struct LocationError(String);

impl FromStr for Location {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "'{text}' is not a URL of a folder or a bucket; write file:///mnt/shared/x, \
                 s3://bucket/x, gs://bucket/x or az://container/x"
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
    /// A folder that is a file, or a bucket without the support or the credentials for it.
    pub fn open(&self) -> Result<Box<dyn Objects>, LocationError> {
        match self {
            Self::Folder(path) if path.exists() && !path.is_dir() => {
                Err(LocationError(format!("{} is not a folder", path.display())))
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
            Self::Folder(path) if !Folder::is_one(path) => Err(LocationError(format!(
                "{} is not the storage of a fleet: no campaign with --sync {self} has written to it",
                path.display()
            ))),
            _ => self.open(),
        }
    }
}

#[cfg(feature = "cloud")]
fn cloud(url: &str) -> Result<Box<dyn Objects>, LocationError> {
    let cloud = super::cloud::Cloud::open(url);
    cloud.map(|cloud| Box::new(cloud) as _).map_err(|e| LocationError(format!("{url}: {e}")))
}

#[cfg(not(feature = "cloud"))]
fn cloud(url: &str) -> Result<Box<dyn Objects>, LocationError> {
    Err(LocationError(format!(
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
    fn a_file_is_no_storage() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let location = Location::Folder(file.path().to_owned());
        assert!(location.open().is_err_and(|e| e.to_string().ends_with("is not a folder")));
    }
}
