//! Mirror a goroutine in another one, in another order.

use super::super::{Context, Operator};
use crate::scenario::{OperandMut, Order};
use crate::testcase::TestCase;

/// The same operations in different orders find races that the same order hides behind
/// a lock by chance.
#[derive(Clone, Copy, Debug)]
pub struct MirrorGoroutine;

impl Operator for MirrorGoroutine {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let go = &mut case.scenario.go;
        if go.len() < 2 {
            return false;
        }
        let from = cx.rng.below(go.len());
        let to = (from + cx.rng.between(1, go.len() - 1)) % go.len();
        let mut ops = go[from].clone();
        match cx.rng.below(4) {
            0 => {}
            1 => ops.reverse(),
            2 => {
                let n = cx.rng.below(ops.len().max(1));
                ops.rotate_left(n);
            }
            _ => cx.rng.shuffle(&mut ops),
        }
        for op in &mut ops {
            for operand in op.operands_mut() {
                if let OperandMut::Order(order) = operand
                    && cx.rng.chance(60)
                {
                    *order = match order {
                        Order::Declared => Order::Reversed,
                        Order::Reversed => Order::Declared,
                        Order::Rotated(n) => Order::Rotated(*n + 1),
                        Order::Shuffled(n) => Order::Shuffled(*n + 1),
                    };
                }
            }
        }
        go[to] = ops;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-go     check b ; walk underlying lib reversed ; lookup lib.List
+go     walk methodset lib shuffled 3 ; identical lib.Ints lib.List
"#;
        example(&MirrorGoroutine, 1, want);
    }
}
