//! A corpus entry as an object: a test case's txtar, after one line about the entry.
//!
//! The line is a comment of the txtar, so the entries in a folder are seeds as they are. The test
//! case travels as text and not as trees: Go's own parser reads it again, within the limits of the
//! harness, and text cannot grow when it is unpacked.
//!
//! The counters in the line are a claim. They decide whether the entry is worth a run here, and
//! never what counts as covered.

use serde::{Deserialize, Serialize};

use super::{Refused, refuse};
use crate::feedback::Covers;
use crate::testcase::SourceCase;

/// The longest object.
pub const LONGEST: u64 = 512 << 10;
/// The longest first line: 240,000 counters, where go/types has about 8,000.
const LONGEST_LINE: usize = 64 << 10;
const LONGEST_BUILD: usize = 200;
const MARK: &str = "# typerace-entry ";
const VERSION: u32 = 1;

/// What a test case from elsewhere may consist of.
const MAX_PACKAGES: usize = 32;
const MAX_FILES: usize = 128;
const MAX_GOROUTINES: usize = 32;
const MAX_OPERATIONS: usize = 256;

/// A corpus entry of another machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The build that its counters belong to.
    pub build: String,
    /// The counters that it is said to hit.
    pub covers: Covers,
    /// The test case.
    pub case: SourceCase,
}

#[derive(Serialize, Deserialize)]
struct Line {
    version: u32,
    build: String,
    covers: String,
}

impl Entry {
    /// The object; `None` if it would be refused.
    #[must_use]
    pub fn encode(&self) -> Option<Vec<u8>> {
        let line =
            Line { version: VERSION, build: self.build.clone(), covers: self.covers.to_hex() };
        let line = serde_json::to_string(&line).ok()?;
        let bytes = format!("{MARK}{line}\n{}", self.case.to_txtar()).into_bytes();
        Self::decode(&bytes).is_ok().then_some(bytes)
    }

    /// Reads an object.
    ///
    /// # Errors
    /// It is not an entry, or exceeds a limit.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.len() as u64 > LONGEST {
            return refuse(format!("it has {} bytes, the limit is {LONGEST}", bytes.len()));
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return refuse("it is not text") };
        let Some((line, txtar)) = text.strip_prefix(MARK).and_then(|t| t.split_once('\n')) else {
            return refuse("it does not start as an entry does");
        };
        if line.len() > LONGEST_LINE {
            return refuse(format!("its first line has {} bytes", line.len()));
        }
        let line: Line = match serde_json::from_str(line) {
            Ok(line) => line,
            Err(e) => return refuse(format!("its first line: {e}")),
        };
        if line.version != VERSION {
            return refuse(format!(
                "it has version {}, this typerace reads {VERSION}",
                line.version
            ));
        }
        let Some(covers) = Covers::from_hex(&line.covers) else {
            return refuse("its counters are no hexadecimal digits");
        };
        if line.build.len() > LONGEST_BUILD || line.build.chars().any(char::is_control) {
            return refuse("its build is no name");
        }
        Ok(Self { build: line.build, covers, case: test_case(txtar)? })
    }
}

/// Reads a test case from elsewhere.
///
/// # Errors
/// It is none, or exceeds a limit.
pub fn test_case(txtar: &str) -> Result<SourceCase, Refused> {
    let case = match SourceCase::from_txtar(txtar) {
        Ok(case) => case,
        Err(e) => return refuse(format!("it is not a test case: {e}")),
    };
    let files: usize = case.packages.iter().map(|p| p.files.len()).sum();
    let scenario = case.scenario.as_ref();
    let operations = scenario
        .map_or(0, |s| s.go.iter().chain([&s.before]).map(Vec::len).max().unwrap_or_default());
    for (what, is, most) in [
        ("packages", case.packages.len(), MAX_PACKAGES),
        ("files", files, MAX_FILES),
        ("goroutines", scenario.map_or(0, |s| s.go.len()), MAX_GOROUTINES),
        ("operations of one goroutine", operations, MAX_OPERATIONS),
    ] {
        if is > most {
            return refuse(format!("it has {is} {what}, the limit is {most}"));
        }
    }
    Ok(case)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::rng::Rng;
    use crate::scenario::Profile;

    fn entry(seed: u64) -> Entry {
        let mut rng = Rng::new(seed);
        let case = crate::generate::test_case(&mut rng, &Default::default(), Profile::All);
        let covers = [3, 4_000].into_iter().collect();
        Entry { build: "go1.27.3-abc".to_owned(), covers, case: case.to_source() }
    }

    #[test]
    fn an_entry_is_read_back_and_is_a_seed() {
        for seed in 0..20 {
            let entry = entry(seed);
            let bytes = entry.encode().unwrap();
            assert_eq!(Entry::decode(&bytes).unwrap(), entry);
            let seed = SourceCase::from_txtar(std::str::from_utf8(&bytes).unwrap()).unwrap();
            assert_eq!(seed.packages, entry.case.packages);
        }
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let bytes = entry(1).encode().unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let refused = |bytes: &[u8]| Entry::decode(bytes).unwrap_err().to_string();
        for (bytes, why) in [
            (vec![b'x'; LONGEST as usize + 1], "the limit is"),
            (b"\xff\xfe".to_vec(), "not text"),
            // The beginning of a deflate stream.
            (vec![0x78, 0x9c, 0xed, 0xc1], "not text"),
            (b"hello".to_vec(), "does not start"),
            (text.replace("\"version\":1", "\"version\":2").into_bytes(), "version 2"),
            (text.replace("\"covers\":\"", "\"covers\":\"x").into_bytes(), "hexadecimal"),
            (text.replace("go1.27.3", "go1\\n27").into_bytes(), "no name"),
            (text.replace("-- ", "-- ../").into_bytes(), "not in a package's folder"),
            (text.replacen('}', &" ".repeat(LONGEST_LINE), 1).into_bytes(), "first line"),
        ] {
            assert!(refused(&bytes).contains(why), "{why}: {}", refused(&bytes));
        }
        let mut many = "go check a\n".repeat(MAX_GOROUTINES + 1);
        many += "-- a/a.go --\npackage a\n";
        assert!(test_case(&many).unwrap_err().0.contains("33 goroutines"));
        let mut many = "go check a\n".to_owned();
        for i in 0..=MAX_PACKAGES {
            writeln!(many, "-- p{i}/a.go --\npackage p").unwrap();
        }
        assert!(test_case(&many).unwrap_err().0.contains("33 packages"));
        let mut rng = Rng::new(7);
        for _ in 0..2_000 {
            let mut bytes = text.clone().into_bytes();
            for _ in 0..3 {
                let at = rng.below(bytes.len());
                bytes[at] = rng.below(256) as u8;
            }
            let _ = Entry::decode(&bytes);
        }
    }
}
