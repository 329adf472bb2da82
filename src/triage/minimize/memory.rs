//! What a search remembers, in little memory: a campaign minimizes for as long as it runs,
//! and hundreds of trees and thousands of texts would take tens of MiB.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::predicate::Answer;
use crate::testcase::TestCase;

/// The test cases that were smallest once, the first one first, as JSON.
#[derive(Debug, Default)]
pub(crate) struct History(Vec<Vec<u8>>);

impl History {
    pub fn push(&mut self, case: &TestCase) {
        // A test case without a JSON form cannot be gone back to.
        self.0.extend(serde_json::to_vec(case));
    }

    /// The last one, which is forgotten.
    pub fn pop(&mut self) -> Option<TestCase> {
        self.0.pop().and_then(|json| serde_json::from_slice(&json).ok())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Answers by the test case's text, of which a 128-bit hash is kept. Two texts with the
/// same hash would at worst lose one reduction.
#[derive(Debug, Default)]
pub(crate) struct Verdicts(BTreeMap<[u64; 2], Answer>);

impl Verdicts {
    pub fn get(&self, text: &str) -> Option<Answer> {
        self.0.get(&key(text)).copied()
    }

    pub fn record(&mut self, text: &str, answer: Answer) {
        self.0.insert(key(text), answer);
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

fn key(text: &str) -> [u64; 2] {
    [0u8, 1].map(|salt| {
        let mut hasher = DefaultHasher::new();
        (salt, text).hash(&mut hasher);
        hasher.finish()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{self, Options};
    use crate::rng::Rng;
    use crate::scenario::Profile;

    #[test]
    fn what_was_smallest_comes_back_as_it_was() {
        let rng = &mut Rng::new(1);
        let mut make = || generate::test_case(rng, &Options::default(), Profile::All);
        let (one, two) = (make(), make());
        let mut history = History::default();
        assert!(history.is_empty());
        history.push(&one);
        history.push(&two);
        assert_eq!(history.pop(), Some(two));
        assert_eq!(history.pop(), Some(one));
        assert_eq!(history.pop(), None);
    }

    #[test]
    fn an_answer_is_about_its_own_text() {
        let mut verdicts = Verdicts::default();
        verdicts.record("a", Answer::Not);
        verdicts.record("b", Answer::Shows);
        assert_eq!(
            ["a", "b", "c"].map(|t| verdicts.get(t)),
            [Some(Answer::Not), Some(Answer::Shows), None]
        );
        verdicts.clear();
        assert_eq!(verdicts.get("a"), None);
    }
}
