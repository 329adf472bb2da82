//! Scenarios for types2, in most of which one checker runs on one goroutine and imports what the
//! compiler wrote, as in a compilation.

use crate::checker::Checker;
use crate::rng::Rng;
use crate::scenario::{Import, Operation, Scenario};
use crate::testcase::Package;

/// Percent of scenarios with one goroutine.
const ALONE: u32 = 65;

/// Percent of scenarios whose packages come from the compiler. What loads objects when they are
/// needed is in types2 only.
const COMPILED: u32 = 85;

/// Makes a random scenario one for types2.
pub(super) fn compilation(rng: &mut Rng, packages: &[Package], s: &mut Scenario) {
    s.import = if rng.chance(COMPILED) { Import::Unified } else { Import::Source };
    if rng.chance(ALONE) {
        s.go.truncate(1);
        s.meet.clear();
        s.share.clear();
        (s.oracle, s.schedule, s.fresh) = (false, None, false);
        if rng.chance(70) {
            s.before.clear();
        }
    }
    s.fit(Checker::Types2);
    // The last package imports the others.
    if let (true, Some(last)) = (s.go.is_empty(), packages.last()) {
        s.go.push(vec![Operation::Check { package: last.path.clone() }]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Options, test_case};
    use super::*;
    use crate::scenario::Profile;

    #[test]
    fn scenarios_are_for_types2() {
        let mut rng = Rng::new(1);
        let options = Options { checker: Checker::Types2, ..Options::default() };
        let mut alone = 0;
        for _ in 0..200 {
            let s = test_case(&mut rng, &options, Profile::All).scenario;
            assert!(s.not_for(Checker::Types2).is_empty(), "{s}");
            assert!(!s.go.is_empty());
            alone += u32::from(s.go.len() == 1);
        }
        assert!((100..190).contains(&alone), "{alone}");
    }
}
