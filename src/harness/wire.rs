//! How frames are encoded: docs/PROTOCOL.md, "Encoding".

/// The maximum size of a frame on either side.
pub const MAX_FRAME: usize = 64 << 20;

/// A frame that does not decode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The frame ends inside a field.
    #[error("it ends inside {field}: {wanted} bytes wanted, {left} left")]
    Short {
        /// The field that was being read.
        field: &'static str,
        /// Bytes that the field needs at least.
        wanted: usize,
        /// Bytes that were left.
        left: usize,
    },
    /// Bytes follow the last field.
    #[error("{0} bytes follow its last field")]
    Trailing(usize),
    /// The frame is longer than [`MAX_FRAME`].
    #[error("it is {0} bytes long, more than a frame may be")]
    TooLong(usize),
    /// A field has a value that the protocol does not define.
    #[error("its {field} is {value}, which means nothing")]
    Value {
        /// The field.
        field: &'static str,
        /// Its value.
        value: u64,
    },
}

/// Builds one frame, including its length.
#[derive(Debug)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// A frame that starts with its kind.
    #[must_use]
    pub fn new(kind: u8) -> Self {
        Self(vec![0, 0, 0, 0, kind])
    }

    /// Appends bytes unchanged.
    #[cfg(test)]
    pub fn raw(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    /// Appends a `u8` that is 1 or 0.
    pub fn bool(&mut self, v: bool) {
        self.0.push(v.into());
    }

    /// Appends a `u32`.
    pub fn u32(&mut self, v: u32) {
        self.0.extend(v.to_le_bytes());
    }

    /// Appends a `u64`.
    pub fn u64(&mut self, v: u64) {
        self.0.extend(v.to_le_bytes());
    }

    /// Appends a `str`. If it is too long for a `u32`, so is the frame, which [`Writer::finish`]
    /// reports.
    pub fn str(&mut self, s: &str) {
        self.count(s.len());
        self.0.extend(s.as_bytes());
    }

    /// Appends the count that starts a `list`.
    pub fn count(&mut self, n: usize) {
        self.u32(u32::try_from(n).unwrap_or(u32::MAX));
    }

    /// Appends a `list`.
    pub fn list<T>(
        &mut self,
        items: impl ExactSizeIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) {
        self.count(items.len());
        for item in items {
            each(self, item);
        }
    }

    /// Returns the frame's bytes, length first.
    ///
    /// # Errors
    /// The frame is longer than [`MAX_FRAME`].
    pub fn finish(mut self) -> Result<Vec<u8>, WireError> {
        let n = self.0.len() - 4;
        let len = u32::try_from(n).ok().filter(|_| n <= MAX_FRAME).ok_or(WireError::TooLong(n))?;
        self.0[..4].copy_from_slice(&len.to_le_bytes());
        Ok(self.0)
    }
}

/// Reads the fields of one frame, without its length.
#[derive(Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Starts at the frame's first byte after the length.
    #[must_use]
    pub fn new(frame: &'a [u8]) -> Self {
        Self(frame)
    }

    fn take(&mut self, n: usize, field: &'static str) -> Result<&'a [u8], WireError> {
        let (head, rest) = self.0.split_at_checked(n).ok_or(WireError::Short {
            field,
            wanted: n,
            left: self.0.len(),
        })?;
        self.0 = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], WireError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N, field)?);
        Ok(out)
    }

    /// Reads a `u8`.
    ///
    /// # Errors
    /// The frame ends too early.
    pub fn u8(&mut self, field: &'static str) -> Result<u8, WireError> {
        self.array(field).map(|[b]: [u8; 1]| b)
    }

    /// Reads a `u8` that is 0 or 1.
    ///
    /// # Errors
    /// The frame ends too early, or the value is another number.
    pub fn bool(&mut self, field: &'static str) -> Result<bool, WireError> {
        match self.u8(field)? {
            0 => Ok(false),
            1 => Ok(true),
            n => Err(WireError::Value { field, value: n.into() }),
        }
    }

    /// Reads a `u32`.
    ///
    /// # Errors
    /// The frame ends too early.
    pub fn u32(&mut self, field: &'static str) -> Result<u32, WireError> {
        self.array(field).map(u32::from_le_bytes)
    }

    /// Reads a `u64`.
    ///
    /// # Errors
    /// The frame ends too early.
    pub fn u64(&mut self, field: &'static str) -> Result<u64, WireError> {
        self.array(field).map(u64::from_le_bytes)
    }

    /// Reads a `str`. Bytes that are not UTF-8 are replaced.
    ///
    /// # Errors
    /// The frame ends too early.
    pub fn str(&mut self, field: &'static str) -> Result<String, WireError> {
        let n = self.u32(field)? as usize;
        Ok(String::from_utf8_lossy(self.take(n, field)?).into_owned())
    }

    /// Reads a `list`. `least` is the size of the smallest element: an impossible count is refused
    /// before memory is allocated.
    ///
    /// # Errors
    /// The frame ends too early, or `each` fails.
    pub fn list<T>(
        &mut self,
        field: &'static str,
        least: usize,
        mut each: impl FnMut(&mut Self) -> Result<T, WireError>,
    ) -> Result<Vec<T>, WireError> {
        let n = self.u32(field)? as usize;
        let wanted = n.saturating_mul(least);
        if wanted > self.0.len() {
            return Err(WireError::Short { field, wanted, left: self.0.len() });
        }
        let mut out = Vec::with_capacity(n);
        for _ in 0..n {
            out.push(each(self)?);
        }
        Ok(out)
    }

    /// Reads a `list<str>`.
    ///
    /// # Errors
    /// The frame ends too early.
    pub fn strs(&mut self, field: &'static str) -> Result<Vec<String>, WireError> {
        self.list(field, 4, |r| r.str(field))
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// Bytes are left.
    pub fn end(self) -> Result<(), WireError> {
        if self.0.is_empty() { Ok(()) } else { Err(WireError::Trailing(self.0.len())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back() {
        let mut w = Writer::new(7);
        w.u32(1);
        w.u64(u64::MAX);
        w.str("é");
        w.list(["a", ""].iter(), |w, s| w.str(s));
        let frame = w.finish().unwrap();
        assert_eq!(frame[..4], u32::try_from(frame.len() - 4).unwrap().to_le_bytes());
        let mut r = Reader::new(&frame[4..]);
        assert_eq!(r.u8("kind"), Ok(7));
        assert_eq!(r.u32("n"), Ok(1));
        assert_eq!(r.u64("m"), Ok(u64::MAX));
        assert_eq!(r.str("s"), Ok("é".to_owned()));
        assert_eq!(r.strs("l"), Ok(vec!["a".to_owned(), String::new()]));
        assert_eq!(r.end(), Ok(()));
    }

    #[test]
    fn a_lying_count_asks_for_no_memory() {
        let frame = u32::MAX.to_le_bytes();
        let short = |wanted| WireError::Short { field: "l", wanted, left: 0 };
        assert_eq!(Reader::new(&frame).strs("l"), Err(short(u32::MAX as usize * 4)));
        assert_eq!(Reader::new(&frame).str("l"), Err(short(u32::MAX as usize)));
        assert!(matches!(Reader::new(&[2]).bool("b"), Err(WireError::Value { value: 2, .. })));
        assert_eq!(Reader::new(&[0]).end(), Err(WireError::Trailing(1)));
    }

    #[test]
    fn a_frame_has_a_limit() {
        let mut w = Writer::new(1);
        w.str(&"x".repeat(MAX_FRAME));
        assert_eq!(w.finish(), Err(WireError::TooLong(MAX_FRAME + 5)));
    }
}
