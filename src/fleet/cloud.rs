//! Object storage as a storage: S3, Google Cloud Storage, Azure.
