//! Inputs that ran before are not run again.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use libafl::Error;
use libafl::fuzzer::InputFilter;
use libafl_bolts::hasher_std;

/// Bits of the filter: 16 MiB, one false alarm in 10,000 after seven million
/// inputs.
const BITS: u64 = 1 << 27;
/// Bits of one input.
const PROBES: u64 = 7;

/// A Bloom filter over inputs. LibAFL's own is keyed at random: two campaigns
/// of one seed would leave out different inputs. Clones are one filter.
#[derive(Clone)]
pub struct SeenFilter {
    words: Rc<RefCell<Vec<u64>>>,
}

impl Default for SeenFilter {
    fn default() -> Self {
        Self { words: Rc::new(RefCell::new(vec![0; (BITS / 64) as usize])) }
    }
}

impl SeenFilter {
    /// Whether the input is new; it is not, the next time.
    pub fn insert(&self, input: &impl Hash) -> bool {
        let mut hasher = hasher_std();
        input.hash(&mut hasher);
        let hash = hasher.finish();
        // Kirsch and Mitzenmacher: two hashes make as many as are wanted. An
        // odd step reaches every bit.
        let step = hash.rotate_left(32).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut new = false;
        let mut words = self.words.borrow_mut();
        for i in 0..PROBES {
            let at = hash.wrapping_add(i.wrapping_mul(step)) % BITS;
            let (word, bit) = (&mut words[(at / 64) as usize], 1 << (at % 64));
            new |= *word & bit == 0;
            *word |= bit;
        }
        new
    }
}

impl<EM, I: Hash, S> InputFilter<EM, I, S> for SeenFilter {
    fn should_execute(&mut self, input: &I, _: &mut S, _: &mut EM) -> Result<bool, Error> {
        Ok(self.insert(input))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_input_is_new_once() {
        let filter = SeenFilter::default();
        assert!((0..50_000u32).all(|n| filter.insert(&n)));
        assert!((0..50_000u32).all(|n| !filter.insert(&n)));
    }
}
