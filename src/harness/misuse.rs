//! A harness that misused go/types: a fault of the harness, not a finding.

/// The start of the harness's last line when it passed go/types something that the documentation
/// forbids: `onMisuse` in harness_go/internal/engine/misuse.go.
const MARK: &str = "typerace harness: misuse of go/types: ";

/// The harness's description of its misuse, with the stack below, if that is how it ended.
pub(super) fn misuse(output: &str) -> Option<&str> {
    let at_start = output.starts_with(MARK).then_some(0);
    // Stacks of panics that the harness recovered may come before it.
    let at = at_start.or_else(|| output.find(&format!("\n{MARK}")).map(|at| at + 1))?;
    Some(output[at + MARK.len()..].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_must_start_a_line() {
        let said = format!("{MARK}nil as a file\ngoroutine 7 [running]:\n");
        let want = Some("nil as a file\ngoroutine 7 [running]:");
        assert_eq!(misuse(&said), want);
        assert_eq!(misuse(&format!("typerace: recovered panic: x\n{said}")), want);
        assert_eq!(misuse(&format!("panic: a program says {said}")), None);
        assert_eq!(misuse("typerace harness: not an operation"), None);
    }

    #[test]
    fn the_harness_says_it_so() {
        let source = super::super::embedded::source_file("engine/misuse.go").unwrap();
        assert!(source.contains(MARK));
    }
}
