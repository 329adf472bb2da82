//! The counters that a corpus entry hits; the corpus's bounds depend on them.
//!
//! LibAFL's own list of indices takes eight bytes for each counter, about 16 KiB for an entry.

use std::borrow::Cow;

use libafl::corpus::Testcase;
use libafl::feedbacks::{Feedback, StateInitializer};
use libafl::{Error, HasMetadata as _};
use libafl_bolts::Named;
use libafl_bolts::tuples::{Handle, Handled as _, MatchName, MatchNameRef as _};
use serde::{Deserialize, Serialize};

use crate::executor::CoverageObserver;

/// A set of counters: one bit each, up to the last one that is hit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covers(Box<[u8]>);

libafl_bolts::impl_serdeany!(Covers);

impl Covers {
    /// The counters that are not 0.
    #[must_use]
    pub fn of(counters: &[u8]) -> Self {
        let hit = counters.iter().enumerate().filter(|(_, n)| **n > 0);
        hit.map(|(i, _)| i).collect()
    }

    /// The counters, in their order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let bits = |(i, byte): (usize, &u8)| {
            let byte = *byte;
            (0..8).filter(move |bit| byte >> bit & 1 == 1).map(move |bit| i * 8 + bit)
        };
        self.0.iter().enumerate().flat_map(bits)
    }

    /// The number of counters, and how many of them another set has too.
    #[must_use]
    pub fn shares_with(&self, other: &Self) -> (u32, u32) {
        let ones = |byte: u8| byte.count_ones();
        let all = self.0.iter().map(|&b| ones(b)).sum();
        let both = self.0.iter().zip(&other.0).map(|(a, b)| ones(a & b)).sum();
        (all, both)
    }

    /// The set as text: two digits for eight counters.
    #[must_use]
    pub fn to_hex(&self) -> String {
        let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
        self.0.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
    }

    /// Reads [`Covers::to_hex`] back; `None` if the text is malformed.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let pairs = text.as_bytes().chunks(2);
        let digit = |c: u8| char::from(c).to_digit(16);
        let byte = |pair: &[u8]| match pair {
            [a, b] => u8::try_from(digit(*a)? << 4 | digit(*b)?).ok(),
            _ => None,
        };
        pairs.map(byte).collect::<Option<_>>().map(Self)
    }
}

impl FromIterator<usize> for Covers {
    fn from_iter<T: IntoIterator<Item = usize>>(counters: T) -> Self {
        let mut bits = Vec::new();
        for i in counters {
            if bits.len() <= i / 8 {
                bits.resize(i / 8 + 1, 0);
            }
            bits[i / 8] |= 1_u8 << (i % 8);
        }
        Self(bits.into())
    }
}

/// Finds nothing interesting itself; notes the counters hit by entries that other feedbacks accept.
pub struct CoversFeedback {
    coverage: Handle<CoverageObserver>,
}

impl CoversFeedback {
    /// Creates the feedback for this observer.
    #[must_use]
    pub fn new(coverage: &CoverageObserver) -> Self {
        Self { coverage: coverage.handle() }
    }
}

impl Named for CoversFeedback {
    fn name(&self) -> &Cow<'static, str> {
        const NAME: Cow<'static, str> = Cow::Borrowed("covers");
        &NAME
    }
}

impl<S> StateInitializer<S> for CoversFeedback {}

impl<EM, I, OT: MatchName, S> Feedback<EM, I, OT, S> for CoversFeedback {
    fn append_metadata(
        &mut self,
        _state: &mut S,
        _manager: &mut EM,
        observers: &OT,
        testcase: &mut Testcase<I>,
    ) -> Result<(), Error> {
        if let Some(coverage) = observers.get(&self.coverage) {
            testcase.add_metadata(Covers::of(coverage));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_small_and_survives_text() {
        let mut counters = vec![0; 9_000];
        for i in [0, 7, 8, 4_321] {
            counters[i] = 3;
        }
        let covers = Covers::of(&counters);
        assert_eq!(covers.iter().collect::<Vec<_>>(), [0, 7, 8, 4_321]);
        assert_eq!(covers.0.len(), 4_321 / 8 + 1);
        assert_eq!(Covers::from_hex(&covers.to_hex()), Some(covers));
        assert_eq!(Covers::from_hex(""), Some(Covers::default()));
        assert_eq!((Covers::from_hex("0"), Covers::from_hex("0g")), (None, None));
        assert_eq!(Covers::from_hex("é"), None);
    }
}
