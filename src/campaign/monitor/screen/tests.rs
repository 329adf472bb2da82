use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::{View, draw};
use crate::campaign::monitor::board::{Board, WorkerState, tests::found};
use crate::campaign::{Coverage, Figures};
use crate::finding::{Kind, Root};
use crate::scenario::Class;

/// A campaign of two workers after two minutes.
fn board() -> Board {
    let mut board = Board::default();
    (board.go_version, board.seed) = ("go1.27.3".to_owned(), 7);
    for i in 0..120u64 {
        let coverage = Coverage { hit: 4_000 - 300_000 / (100 + i as usize), total: 8_921 };
        let figures = Figures {
            execs: 50 * i,
            counted: 50 * i,
            valid: 35 * i,
            corpus: 100 + i as usize,
            coverage,
            findings: 4,
            restarts: 12,
            last_coverage: Some(104.0),
            last_finding: Some(61.5),
        };
        board.update(figures, Duration::from_secs(i));
    }
    board.add(&found(1, Kind::DataRace, Class::Breach, "data race: two writes in recordDef"));
    board.add(&found(4, Kind::DataRace, Class::Bug, "data race: write and read in unalias"));
    board.add(&found(30, Kind::Hang, Class::Unstated, "hang in (*typeWriter).typ"));
    board.add(&found(61, Kind::Panic, Class::Bug, "panic: \x1b[31mred\nherring"));
    let worker =
        |number, state, pid, restarts| WorkerState { number, state, pid, execs: 2_975, restarts };
    board.workers = vec![worker(0, "running", Some(12), 0), worker(1, "starting", Some(13), 2)];
    board.log("FOUND bug: data race: write and read in unalias (after 4.0 s)", false);
    board.log("warning: worker 1 died with signal 9; it is started again", true);
    for line in &mut board.log {
        line.at = Duration::from_secs(90);
    }
    board
}

fn picture(width: u16, height: u16, board: Board, ending: bool) -> String {
    let view = View::new(board, ending).at(Duration::from_secs(119));
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, &view)).unwrap();
    terminal.backend().to_string()
}

#[test]
fn wide() {
    insta::assert_snapshot!(picture(100, 32, board(), false));
}

#[test]
fn of_eighty_columns() {
    insta::assert_snapshot!(picture(80, 24, board(), true));
}

#[test]
fn of_forty_columns() {
    insta::assert_snapshot!(picture(40, 30, board(), false));
}

#[test]
fn tiny() {
    insta::assert_snapshot!(picture(28, 5, board(), false));
}

#[test]
fn before_anything_ran() {
    insta::assert_snapshot!(picture(80, 24, Board::default(), false));
}

#[test]
fn roots_stand_for_their_findings() {
    let mut board = board();
    let (finding, title) = (board.found[1].id.clone(), "a race\x1b[31m when two do it".to_owned());
    let by = crate::finding::RootBy::Patch;
    let root = Root { id: "R3".to_owned(), title, issues: Vec::new(), by, tried: Vec::new() };
    board.set_root(&finding, &root);
    let text = picture(100, 32, board, false);
    assert!(text.contains("findings: 4, 2 of them races; roots: 1"), "{text}");
    assert!(text.contains("1× R3 a race"), "{text}");
    assert!(!text.contains("bug data race: write and read in unalias\n"), "{text}");
    assert!(!text.contains('\x1b') && text.contains("hang in (*typeWriter).typ"), "{text}");
}

/// At any size, and with a hundred of everything, drawing does not panic and prints nothing that a
/// terminal would take for a command.
#[test]
fn any_size() {
    let mut full = board();
    let worker = full.workers[0].clone();
    full.workers = (0..256).map(|number| WorkerState { number, ..worker.clone() }).collect();
    for i in 100..200 {
        full.add(&found(i, Kind::Fatal, Class::Breach, &"長い".repeat(80)));
        full.log(&"wörter ".repeat(60), i % 2 == 0);
    }
    for width in [1, 2, 3, 10, 29, 30, 31, 40, 71, 72, 73, 100, 300] {
        for height in [1, 2, 3, 5, 6, 7, 10, 11, 12, 13, 15, 16, 18, 20, 24, 40, 100] {
            for board in [Board::default(), board(), full.clone()] {
                let text = picture(width, height, board, false);
                assert!(!text.contains('\x1b'), "{width} x {height}: {text}");
            }
        }
    }
}
