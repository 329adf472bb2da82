//! Trees from the JSON that the harness writes, see
//! `harness_go/internal/tree`.

use super::File;

/// JSON that is not a tree.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Broken JSON, or JSON that is not a tree.
    #[error("not a syntax tree: {0}")]
    Json(#[from] serde_json::Error),
    /// Nested deeper than any tree within the harness's limit.
    #[error("the syntax tree is nested {0} levels deep, the limit is {MAX_NESTING}")]
    TooDeep(usize),
}

/// The harness refuses trees deeper than [`MAX_DEPTH`](super::MAX_DEPTH)
/// nodes. A node takes at most four levels of brackets: its tag, its parts, a
/// list, and a part that is not a node of its own.
const MAX_NESTING: usize = super::MAX_DEPTH * 4;

/// The stack is made large enough to read this many levels of brackets, whatever thread the read
/// runs in. Deeper trees are read in a thread of their own.
const SHALLOW: usize = 100;

impl File {
    /// Reads a tree. It is normalized, see [`File::normalize`].
    ///
    /// # Errors
    /// The bytes are not the JSON of a file, or it is nested too deeply.
    pub fn from_json(bytes: &[u8]) -> Result<File, ImportError> {
        let depth = nesting(bytes);
        if depth <= SHALLOW {
            return read(bytes);
        }
        if depth > MAX_NESTING {
            return Err(ImportError::TooDeep(depth));
        }
        std::thread::scope(|scope| {
            let reader = std::thread::Builder::new()
                .stack_size(64 << 20)
                .spawn_scoped(scope, || read(bytes))
                .map_err(|e| ImportError::Json(serde_json::Error::io(e)))?;
            reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }
}

fn read(bytes: &[u8]) -> Result<File, ImportError> {
    let mut de = serde_json::Deserializer::from_slice(bytes);
    // The depth has been checked.
    de.disable_recursion_limit();
    let mut file: File = serde::Deserialize::deserialize(&mut de)?;
    de.end()?;
    file.normalize();
    Ok(file)
}

/// How deep brackets are nested.
fn nesting(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = json.iter();
    while let Some(b) = bytes.next() {
        match b {
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                while let Some(b) = bytes.next() {
                    match b {
                        b'\\' => {
                            bytes.next();
                        }
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    deepest
}
