//! Whether a test can send a hangup.

/// Whether this process was started with nohup or the like, and with it all of its children.
pub fn are_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|l| l.strip_prefix("SigIgn:")).unwrap();
    let ignored = u64::from_str_radix(mask.trim(), 16).unwrap() & 1 == 1;
    if ignored {
        println!("not tested: SIGHUP is ignored here, as with nohup");
    }
    ignored
}
