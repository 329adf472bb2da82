//! What a storage must be able to do.

/// A storage of objects under keys like `entries/2026-11-30/1405/name`.
pub trait Objects: Send {
    /// The keys that start with `prefix`, a folder's name and a slash, and that come after `after`
    /// in the order of bytes, at most `most` of them, in this order.
    ///
    /// # Errors
    /// The storage is away.
    fn list(&self, prefix: &str, after: &str, most: usize) -> Result<Vec<String>, ObjectsError>;

    /// The bytes of an object of at most `longest` bytes.
    ///
    /// # Errors
    /// The storage is away, or this object cannot be had.
    fn get(&self, key: &str, longest: u64) -> Result<Vec<u8>, ObjectsError>;

    /// Writes an object. Another reader sees all of it or nothing.
    ///
    /// # Errors
    /// The storage is away, or is full.
    fn put(&self, key: &str, bytes: &[u8]) -> Result<(), ObjectsError>;

    /// Removes an object; that there is none is fine.
    ///
    /// # Errors
    /// The storage is away, or does not allow it.
    fn delete(&self, key: &str) -> Result<(), ObjectsError>;
}

/// Errors of a storage.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectsError {
    /// Nothing can be read or written for now.
    #[error("{0}")]
    Away(String),
    /// One object cannot be had, though the storage works.
    #[error("{0}")]
    Unusable(String),
}
