//! Elastic columns: fields, constants, variables and types of a group.
//!
//! A cell ends at a tab stop. A column is as wide as its widest cell in consecutive rows that have
//! that cell, and a column of empty cells takes no room. A row that spans several lines ends a
//! section: its first line is aligned with the rows above, and the rows below start a new section.
//! These are the rules of text/tabwriter that gofmt uses.

use super::Printer;

/// Name, type, and an empty cell that gofmt puts before a tag.
const MAX_CELLS: usize = 3;

/// A line with its tab stops, which are offsets into the printer's text.
struct Row {
    start: usize,
    ends: [usize; MAX_CELLS],
    cells: usize,
}

/// The rows of the group being written.
pub(super) struct Aligner {
    rows: Vec<Row>,
    /// The printer's count of newlines at the start of the current row.
    newlines: usize,
    /// Index of the first line break after the section's start.
    first_break: usize,
}

impl Aligner {
    pub(super) fn new() -> Self {
        Self { rows: Vec::new(), newlines: 0, first_break: 0 }
    }

    /// Starts a row at the current position, which is the start of a line.
    pub(super) fn row(&mut self, p: &Printer) {
        if self.rows.is_empty() {
            self.first_break = p.breaks.len();
        }
        self.newlines = p.newlines;
        self.rows.push(Row { start: p.out.len(), ends: [0; MAX_CELLS], cells: 0 });
    }

    /// Ends a cell.
    pub(super) fn tab(&mut self, p: &mut Printer) {
        let Some(row) = self.rows.last_mut() else { return };
        if p.newlines == self.newlines && row.cells < MAX_CELLS {
            row.ends[row.cells] = p.out.len();
            row.cells += 1;
        } else if !p.out.ends_with(' ') {
            // After a line break the row stands alone, and its columns are one space wide.
            p.out.push(' ');
        }
    }

    /// Ends a row.
    pub(super) fn end_row(&mut self, p: &mut Printer) {
        if p.newlines != self.newlines {
            self.flush(p);
        }
    }

    /// Aligns the rows since the last flush.
    pub(super) fn flush(&mut self, p: &mut Printer) {
        if self.rows.iter().all(|r| r.cells == 0) {
            self.rows.clear();
            return;
        }
        let pads = self.paddings(&p.out);
        let section = self.rows[0].start;
        p.scratch.clear();
        p.scratch.push_str(&p.out[section..]);
        p.out.truncate(section);
        let (mut from, mut shift) = (section, 0);
        let mut breaks = p.breaks[self.first_break..].iter_mut().peekable();
        for (row, pads) in self.rows.iter().zip(&pads) {
            for (&end, &pad) in row.ends.iter().zip(pads).take(row.cells) {
                p.out.push_str(&p.scratch[from - section..end - section]);
                while let Some(b) = breaks.next_if(|b| **b <= end) {
                    *b += shift;
                }
                p.out.extend(std::iter::repeat_n(' ', pad));
                shift += pad;
                from = end;
            }
        }
        p.out.push_str(&p.scratch[from - section..]);
        for b in breaks {
            *b += shift;
        }
        self.rows.clear();
    }

    /// How many spaces follow each cell.
    fn paddings(&self, out: &str) -> Vec<[usize; MAX_CELLS]> {
        let mut pads = vec![[0; MAX_CELLS]; self.rows.len()];
        for column in 0..MAX_CELLS {
            let mut at = 0;
            while at < self.rows.len() {
                let has = |r: &&Row| r.cells > column;
                let block = self.rows[at..].iter().take_while(has).count();
                let widths = self.rows[at..at + block].iter().map(|r| r.width(column, out));
                let widest = widths.clone().max().unwrap_or(0);
                if widest > 0 {
                    for (pad, width) in pads[at..at + block].iter_mut().zip(widths) {
                        pad[column] = widest + 1 - width;
                    }
                }
                at += block.max(1);
            }
        }
        pads
    }
}

impl Row {
    fn width(&self, column: usize, out: &str) -> usize {
        let from = if column == 0 { self.start } else { self.ends[column - 1] };
        out[from..self.ends[column]].chars().count()
    }
}
