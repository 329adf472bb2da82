//! A campaign's figures for Prometheus: its text format over HTTP, from the board.
//!
//! LibAFL's own monitor (`prometheus_monitor`) knows what passes through LibAFL's event
//! manager, which is less than what is on the board, and brings a web server: see
//! docs/DECISIONS.md.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::campaign::monitor::board::{Board, WorkerState};
use crate::campaign::monitor::display::Display;

/// The metrics cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("cannot serve metrics on {addr}: {source}; give --metrics another address")]
pub struct MetricsError {
    addr: SocketAddr,
    source: io::Error,
}

/// How long a client may take to ask, and to read.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest request.
const REQUEST: u64 = 8 << 10;

/// Serves the board's figures until the process ends; gives the address, which has the
/// port that the system chose if none was asked for.
///
/// # Errors
/// The address cannot be had.
pub fn serve(addr: SocketAddr, display: Display) -> Result<SocketAddr, MetricsError> {
    let failed = |source| MetricsError { addr, source };
    let listener = TcpListener::bind(addr).map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    std::thread::Builder::new()
        .name("metrics".to_owned())
        .spawn(move || {
            for stream in listener.incoming() {
                match stream {
                    // A client that goes away is no fault of the campaign's.
                    Ok(stream) => drop(answer(&stream, &display)),
                    // Out of file descriptors, say.
                    Err(_) => std::thread::sleep(PATIENCE),
                }
            }
        })
        .map_err(failed)?;
    Ok(addr)
}

fn answer(mut stream: &TcpStream, display: &Display) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.take(REQUEST)).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    for line in &mut lines {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = path.split('?').next().unwrap_or_default();
    let (status, body) = match (method, path) {
        ("GET" | "HEAD", "/metrics") => ("200 OK", text(&display.board())),
        ("GET" | "HEAD", _) => ("404 Not Found", "the figures are at /metrics\n".to_owned()),
        _ => ("405 Method Not Allowed", String::new()),
    };
    let length = body.len();
    let body = if method == "HEAD" { "" } else { &body };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// The figures in Prometheus' text format.
fn text(board: &Board) -> String {
    let f = &board.figures;
    let now = board.elapsed();
    let mut out = String::new();
    let info = format!("{{go_version=\"{}\",seed=\"{}\"}}", board.go_version, board.seed);
    let mut metric = |kind: &str, name: &str, help: &str, values: &[(String, f64)]| {
        let _ = writeln!(out, "# HELP typerace_{name} {help}\n# TYPE typerace_{name} {kind}");
        for (labels, value) in values {
            let _ = writeln!(out, "typerace_{name}{labels} {value}");
        }
    };
    let one = |value: f64| [(String::new(), value)];
    metric("gauge", "info", "The go/types under test.", &[(info, 1.0)]);
    metric("gauge", "uptime_seconds", "Since the start.", &one(now.as_secs_f64()));
    metric("counter", "executions_total", "Test cases run.", &one(f.execs as f64));
    metric("gauge", "executions_per_second", "Of late.", &one(board.recent_rate()));
    metric(
        "gauge",
        "valid_ratio",
        "Share of test cases whose packages all type-check.",
        &one(f.valid_percent() / 100.0),
    );
    metric("gauge", "coverage_hit", "Counters of go/types hit.", &one(f.coverage.hit as f64));
    metric("gauge", "coverage_counters", "Counters there are.", &one(f.coverage.total as f64));
    metric("gauge", "corpus_entries", "Corpus entries.", &one(f.corpus as f64));
    let found: Vec<(String, f64)> = board
        .kinds()
        .into_iter()
        .flat_map(|(kind, classes)| {
            let label = move |class| format!("{{kind=\"{kind}\",class=\"{class}\"}}");
            classes.into_iter().map(move |(class, n)| (label(class), n as f64))
        })
        .collect();
    metric("gauge", "findings", "Distinct findings.", &found);
    metric("counter", "harness_restarts_total", "Harnesses replaced.", &one(f.restarts as f64));
    let ago = |at: Option<f64>| {
        at.map(|at| (String::new(), (now.as_secs_f64() - at).max(0.0))).into_iter().collect()
    };
    let (coverage, finding): (Vec<_>, Vec<_>) = (ago(f.last_coverage), ago(f.last_finding));
    metric("gauge", "new_coverage_age_seconds", "Since the last new counter.", &coverage);
    metric("gauge", "new_finding_age_seconds", "Since the last finding.", &finding);
    let workers = |value: fn(&WorkerState) -> f64| -> Vec<(String, f64)> {
        let row = |w: &WorkerState| (format!("{{worker=\"{}\"}}", w.number), value(w));
        board.workers.iter().map(row).collect()
    };
    metric(
        "gauge",
        "worker_up",
        "Whether a worker's process is there.",
        &workers(|w| f64::from(u8::from(w.pid.is_some()))),
    );
    metric("counter", "worker_executions_total", "By worker.", &workers(|w| w.execs as f64));
    metric(
        "counter",
        "worker_restarts_total",
        "Workers started again.",
        &workers(|w| f64::from(w.restarts)),
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::monitor::board::WorkerState;
    use crate::campaign::{Coverage, Figures, Style, monitor::board::tests::found};
    use crate::finding::Kind;
    use crate::scenario::Class;

    fn ask(addr: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(addr).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn figures_are_served() {
        let display = Display::new(Style::Worker);
        let figures = Figures {
            execs: 1_500,
            counted: 4,
            valid: 3,
            coverage: Coverage { hit: 12, total: 90 },
            last_coverage: Some(1.0),
            ..Figures::default()
        };
        let worker =
            WorkerState { number: 3, state: "running", pid: Some(7), execs: 1_500, restarts: 1 };
        display.show(figures, Duration::from_secs(60), vec![worker]);
        display.board().add(&found(1, Kind::DataRace, Class::Bug, "a"));
        let addr = serve("127.0.0.1:0".parse().unwrap(), display).unwrap();
        assert!(addr.port() > 0);
        // A client that says nothing and one that goes away block others only briefly.
        drop(TcpStream::connect(addr).unwrap());
        let text = ask(addr, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        for line in [
            "typerace_executions_total 1500",
            "typerace_valid_ratio 0.75",
            "typerace_coverage_hit 12",
            "typerace_findings{kind=\"data-race\",class=\"bug\"} 1",
            "typerace_worker_up{worker=\"3\"} 1",
            "# TYPE typerace_executions_total counter",
        ] {
            assert!(text.lines().any(|l| l == line), "no {line} in {text}");
        }
        // There is no value before the first finding.
        assert!(!text.lines().any(|l| l.starts_with("typerace_new_finding_age_seconds ")));
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        for line in body.lines().filter(|l| !l.starts_with('#')) {
            let (_, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().is_ok(), "{line}");
        }
        assert!(ask(addr, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404"));
        assert!(ask(addr, "POST /metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405"));
        let taken = serve(addr, Display::new(Style::Worker)).unwrap_err().to_string();
        assert!(taken.contains(&addr.to_string()), "{taken}");
    }
}
