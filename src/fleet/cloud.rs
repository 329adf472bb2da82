//! A bucket as a storage: S3 and what speaks its protocol, Google Cloud Storage, Azure.
//!
//! Credentials, regions and endpoints are those of the environment (`AWS_ACCESS_KEY_ID`,
//! `GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_STORAGE_ACCOUNT_NAME` and so on); encryption is the
//! storage's own.

use std::future::Future;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _};
use tokio::runtime::{Builder, Runtime};

use super::objects::{Objects, ObjectsError};

/// How long one request may take, with what the library repeats of it.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the first one may take, which a person waits for.
const FIRST: Duration = Duration::from_secs(5);

/// A bucket, or a folder in one.
#[derive(Debug)]
pub struct Cloud {
    store: Box<dyn ObjectStore>,
    root: Path,
    runtime: Runtime,
}

impl Cloud {
    /// The bucket of a URL. One that does not answer may come back; one that says no does not.
    ///
    /// # Errors
    /// The URL or the environment says too little, there is no such bucket, or it is not for this
    /// user; as text.
    pub fn open(url: &str) -> Result<Self, String> {
        let cloud = Self::new(url)?;
        let first = cloud.store.list(Some(&cloud.root)).take(1).try_collect::<Vec<_>>();
        let answer = cloud.runtime.block_on(async { tokio::time::timeout(FIRST, first).await });
        match answer {
            Ok(Err(e)) => refusal(&e).map_or(Ok(cloud), |why| Err(why.to_owned())),
            _ => Ok(cloud),
        }
    }

    fn new(url: &str) -> Result<Self, String> {
        let parsed = url::Url::parse(url).map_err(|e| e.to_string())?;
        // Only names with such a beginning: the library would also take `REGION` or `TOKEN`, which
        // may mean anything.
        let is_ours = |name: &str| {
            ["aws_", "google_", "azure_"].iter().any(|beginning| name.starts_with(beginning))
        };
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .filter(|(name, _)| is_ours(name));
        let (store, root) =
            object_store::parse_url_opts(&parsed, environment).map_err(|e| e.to_string())?;
        let runtime = Builder::new_current_thread().enable_all().build();
        Ok(Self { store, root, runtime: runtime.map_err(|e| e.to_string())? })
    }

    /// The path of a key.
    fn path(&self, key: &str) -> Path {
        key.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }

    /// Waits for a request.
    fn wait<T>(&self, request: impl Future<Output = Result<T, Error>>) -> Result<T, ObjectsError> {
        let limited = async { tokio::time::timeout(PATIENCE, request).await };
        match self.runtime.block_on(limited) {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(e @ (Error::NotFound { .. } | Error::InvalidPath { .. }))) => {
                Err(ObjectsError::Unusable(first_line(&e)))
            }
            Ok(Err(e)) => Err(ObjectsError::Away(first_line(&e))),
            Err(_) => Err(ObjectsError::Away(format!("no answer in {} s", PATIENCE.as_secs()))),
        }
    }
}

/// Why a storage will refuse every request; `None` if it may answer later. The library has no error of
/// its own for a list of a bucket that does not exist, so the status counts.
fn refusal(e: &Error) -> Option<&'static str> {
    let says = e.to_string();
    if matches!(e, Error::NotFound { .. }) || says.contains("404 Not Found") {
        return Some("there is no such bucket");
    }
    let denied = matches!(e, Error::Unauthenticated { .. } | Error::PermissionDenied { .. })
        || says.contains("401 Unauthorized")
        || says.contains("403 Forbidden");
    denied.then_some("the storage does not accept the credentials")
}

/// The text of an error without the document that a server sends with it.
fn first_line(e: &Error) -> String {
    let text = e.to_string();
    text.split(['\n', '<']).next().unwrap_or_default().trim_end_matches(": ").to_owned()
}

impl Objects for Cloud {
    fn list(&self, prefix: &str, after: &str, most: usize) -> Result<Vec<String>, ObjectsError> {
        let folder = self.path(prefix.trim_end_matches('/'));
        let after = self.path(if after.is_empty() { prefix } else { after });
        let found = self.store.list_with_offset(Some(&folder), &after);
        let objects = self.wait(found.take(most).try_collect::<Vec<_>>())?;
        let root = if self.root.as_ref().is_empty() { 0 } else { self.root.as_ref().len() + 1 };
        let key = |o: object_store::ObjectMeta| o.location.as_ref().get(root..).map(str::to_owned);
        let mut keys: Vec<String> = objects.into_iter().filter_map(key).collect();
        // As the trait promises, whatever the storage does.
        keys.sort();
        Ok(keys)
    }

    fn get(&self, key: &str, longest: u64) -> Result<Vec<u8>, ObjectsError> {
        let path = self.path(key);
        let bytes = self.wait(async {
            let object = self.store.get(&path).await?;
            // Before its content is read.
            if object.meta.size > longest {
                return Ok(None);
            }
            Ok(Some(object.bytes().await?.to_vec()))
        })?;
        bytes.ok_or_else(|| ObjectsError::Unusable(format!("it has more than {longest} bytes")))
    }

    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ObjectsError> {
        let path = self.path(key);
        // One with the same key has the same content.
        self.wait(self.store.put(&path, bytes.to_vec().into())).map(drop)
    }

    fn delete(&self, key: &str) -> Result<(), ObjectsError> {
        let path = self.path(key);
        match self.wait(self.store.delete(&path)) {
            Err(ObjectsError::Unusable(_)) => Ok(()),
            done => done,
        }
    }
}
