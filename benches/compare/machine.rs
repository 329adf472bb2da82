//! The machine that a measurement was made on.

use std::fs;
use std::process::Command;

/// The processor and the number of cores, in the system's own words.
pub fn describe() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|l| l.strip_prefix("model name")?.split(": ").nth(1));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} cores, {}", model.unwrap_or("unknown processor"))
}

/// The load average of the last minute.
pub fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0.0)
}

/// The version of the go command in PATH, `go1.26.8`.
pub fn go() -> String {
    let version = Command::new("go").args(["env", "GOVERSION"]).output();
    version.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default()
}

/// The day, `2026-11-25`.
pub fn today() -> String {
    let date = Command::new("date").arg("+%F").output();
    date.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default()
}
