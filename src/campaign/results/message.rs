//! Messages of a worker, or of the broker, to the process that started it: one JSON document
//! a line.

use std::io::Write as _;

use serde::{Deserialize, Serialize};

use crate::campaign::results::figures::Figures;
use crate::campaign::results::found::Found;
use crate::campaign::results::hub_figures::HubFigures;
use crate::campaign::results::summary::Summary;

/// One line of a worker's standard output.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// How far it is.
    Figures(Figures),
    /// It met a finding for the first time.
    Found(Box<Found>),
    /// A line for people.
    Say(String),
    /// What passed through the broker.
    Hub(HubFigures),
    /// It came to its end.
    Summary(Box<Summary>),
}

impl Message {
    /// Writes it. If it cannot be written, the process that started this one is gone, and the
    /// campaign is over anyway.
    pub fn send(&self) {
        if let Ok(text) = serde_json::to_string(self) {
            let mut out = std::io::stdout().lock();
            let _ = writeln!(out, "{text}").and_then(|()| out.flush());
        }
    }
}
