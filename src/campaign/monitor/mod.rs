//! How a campaign's progress reaches people and programs.

pub mod board;
pub mod display;
pub mod metrics;
pub mod progress;
pub mod samples;
pub mod screen;
