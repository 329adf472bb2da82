//! Names of objects: `entries/2026-11-30/1405/SOURCE_DIGEST.txtar` and
//! `findings/2026-11-30/1405/SOURCE_ID_DIGEST.json`.
//!
//! Day and minute are those of the writing, so that a reader lists what is new without listing what
//! it knows. The source is the campaign that wrote the object; its name is its own choice. The
//! digest is that of the content.

use std::time::{Duration, SystemTime};

use crate::finding::rfc3339;
use crate::sha256;

/// Hexadecimal digits of a digest.
const DIGITS: usize = 32;
/// The longest name of a source.
pub const LONGEST_SOURCE: usize = 40;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A corpus entry.
    Entry,
    /// A crash directory.
    Finding,
}

impl Kind {
    /// What all keys of the kind start with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Entry => "entries/",
            Self::Finding => "findings/",
        }
    }
}

impl Kind {
    /// What all keys of the kind end with.
    fn suffix(self) -> &'static str {
        match self {
            Self::Entry => ".txtar",
            Self::Finding => ".json",
        }
    }
}

/// The key of an object, in its parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// What it is.
    pub kind: Kind,
    /// `2026-11-30/1405`
    pub minute: String,
    /// Who wrote it, by its own account.
    pub source: String,
    /// The finding's id.
    pub id: Option<String>,
    /// The beginning of the content's SHA-256.
    pub digest: String,
}

impl Key {
    /// The key of a new object.
    #[must_use]
    pub fn new(source: &str, id: Option<&str>, bytes: &[u8]) -> Self {
        Self {
            kind: if id.is_some() { Kind::Finding } else { Kind::Entry },
            minute: minute(SystemTime::now()),
            source: source.to_owned(),
            id: id.map(ToOwned::to_owned),
            digest: digest(bytes),
        }
    }

    /// Reads a key; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let kind =
            [Kind::Entry, Kind::Finding].into_iter().find(|k| text.starts_with(k.prefix()))?;
        let (minute, name) = text[kind.prefix().len()..].rsplit_once('/')?;
        let is_minute = minute.len() == "2026-11-30/1405".len()
            && minute.bytes().zip(b"0000-00-00/0000").all(|(b, like)| match like {
                b'0' => b.is_ascii_digit(),
                like => b == *like,
            });
        let mut parts = name.strip_suffix(kind.suffix())?.split('_');
        let source = parts.next()?.to_owned();
        let id = match kind {
            Kind::Entry => None,
            Kind::Finding => Some(parts.next()?.to_owned()),
        };
        let digest = parts.next()?.to_owned();
        let is_digest = digest.len() == DIGITS
            && digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        let is_right = is_minute && is_digest && is_source(&source) && parts.next().is_none();
        is_right.then(|| Self { kind, minute: minute.to_owned(), source, id, digest })
    }

    /// The last part, which is a file name.
    #[must_use]
    pub fn name(&self) -> String {
        let Self { source, digest, kind, .. } = self;
        let id = self.id.iter().fold(String::new(), |_, id| format!("{id}_"));
        format!("{source}_{id}{digest}{}", kind.suffix())
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}/{}", self.kind.prefix(), self.minute, self.name())
    }
}

/// The digest of an object's content.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    sha256::hex(bytes)[..DIGITS].to_owned()
}

/// A moment as a part of a key, in UTC.
#[must_use]
pub fn minute(time: SystemTime) -> String {
    let text = rfc3339(time);
    format!("{}/{}{}", &text[..10], &text[11..13], &text[14..16])
}

/// The key after which objects of the last `back` are listed.
#[must_use]
pub fn since(kind: Kind, now: SystemTime, back: Duration) -> String {
    format!("{}{}", kind.prefix(), minute(now.checked_sub(back).unwrap_or(SystemTime::UNIX_EPOCH)))
}

fn is_source(text: &str) -> bool {
    (1..=LONGEST_SOURCE).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A name for a campaign: the machine's, as far as it can be part of a key, and a number.
#[must_use]
pub fn source(host: &str, number: u64) -> String {
    let host = host.trim().to_ascii_lowercase();
    let plain = host.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    let host: String = plain.take(LONGEST_SOURCE - 9).collect();
    format!("{host}-{:08x}", number & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_parts() {
        let source = source("Node_7.example.org\n", 0x1234_5678_9abc);
        assert_eq!(source, "node-7-example-org-56789abc");
        for id in [None, Some("data-race-0123456789ab")] {
            let key = Key::new(&source, id, b"content");
            assert_eq!(Key::parse(&key.to_string()), Some(key));
        }
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_047_512);
        assert_eq!(minute(time), "2026-11-30/1405");
        assert_eq!(since(Kind::Entry, time, Duration::from_secs(360)), "entries/2026-11-30/1359");
    }

    #[test]
    fn other_names_are_no_keys() {
        let digest = "0".repeat(32);
        for bad in [
            format!("entries/2026-11-30/1405/{digest}.txtar"),
            format!("entries/2026-11-30/1405/a_{digest}"),
            format!("entries/2026-11-30/1405/a_b_{digest}.txtar"),
            format!("entries/2026-11-30/14x5/a_{digest}.txtar"),
            format!("entries/2026-11-30/1405/../a_{digest}.txtar"),
            format!("entries/../../../../tmp/a_{digest}.txtar"),
            format!("entries/2026-11-30/1405/A_{digest}.txtar"),
            format!("entries/2026-11-30/1405/{}_{digest}.txtar", "a".repeat(41)),
            format!("other/2026-11-30/1405/a_{digest}.txtar"),
            format!("findings/2026-11-30/1405/a_{digest}.json"),
            "entries/2026-11-30/1405/a_abc.txtar".to_owned(),
            String::new(),
        ] {
            assert_eq!(Key::parse(&bad), None, "{bad}");
        }
    }
}
