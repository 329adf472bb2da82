//! Findings and campaigns for people: one format a file.

pub mod html;
