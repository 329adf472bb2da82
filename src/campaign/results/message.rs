//! Messages from a worker to the process that started it: one JSON document on each line.

use std::io::Write as _;

use serde::{Deserialize, Serialize};

use crate::campaign::results::figures::Figures;
use crate::campaign::results::found::Found;
use crate::campaign::results::summary::Summary;

/// One line of a worker's standard output.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// Its progress.
    Figures(Figures),
    /// It met a finding for the first time.
    Found(Box<Found>),
    /// A line for people.
    Say(String),
    /// An object of another machine, named by its source, was what it said, or was not.
    Judged {
        /// Who wrote it.
        source: String,
        /// Whether it was.
        is_good: bool,
    },
    /// It finished.
    Summary(Box<Summary>),
}

impl Message {
    /// Writes the message. If that fails, the process that started this one is gone, and the
    /// campaign is over anyway.
    pub fn send(&self) {
        if let Ok(text) = serde_json::to_string(self) {
            let mut out = std::io::stdout().lock();
            let _ = writeln!(out, "{text}").and_then(|()| out.flush());
        }
    }
}
