//! The names that generated programs use.
//!
//! The pools are disjoint by role, so a local variable never hides a package
//! and a method never collides with a field or an embedded type. A pool has a
//! row for each package; names that are not exported always come from the
//! package's own row, so equal names mean the same package.

/// A row of names for each of four packages: the stem and a suffix.
macro_rules! rows {
    ($($stem:literal)*) => {
        [
            [$($stem,)*],
            [$(concat!($stem, "b"),)*],
            [$(concat!($stem, "c"),)*],
            [$(concat!($stem, "d"),)*],
        ]
    };
}

/// The maximum number of packages in a program, which is the number of rows of each pool.
pub(super) const MAX_PACKAGES: usize = 4;

/// The suffixes of the rows of names.
pub(super) const SUFFIXES: [&str; MAX_PACKAGES] = ["", "b", "c", "d"];

/// Types that importers may name.
pub(super) const TYPES: [[&str; 14]; MAX_PACKAGES] =
    rows!["L" "N" "S" "G" "H" "B" "D" "J" "A" "R" "O" "C" "Y" "Z"];

/// Types that importers cannot name.
pub(super) const HIDDEN_TYPES: [[&str; 6]; MAX_PACKAGES] =
    rows!["leaf" "node" "slot" "ring" "heap" "deque"];

/// Package-level variables.
pub(super) const VARS: [[&str; 12]; MAX_PACKAGES] =
    rows!["X" "X1" "X2" "X3" "X4" "X5" "X6" "X7" "X8" "X9" "X10" "X11"];

/// Package-level functions.
pub(super) const FUNCS: [[&str; 10]; MAX_PACKAGES] =
    rows!["F" "F1" "F2" "F3" "F4" "F5" "F6" "F7" "F8" "F9"];

/// Package-level constants.
pub(super) const CONSTS: [[&str; 3]; MAX_PACKAGES] = rows!["Size" "Max" "Two"];

/// Fields that importers may select.
pub(super) const FIELDS: [&str; 8] = ["V", "W", "Next", "Left", "Key", "Val", "Up", "Down"];

/// Fields that importers cannot select.
pub(super) const HIDDEN_FIELDS: [[&str; 3]; MAX_PACKAGES] = rows!["f" "g" "h"];

/// Methods.
pub(super) const METHODS: [&str; 12] =
    ["M", "Get", "Set", "Less", "At", "Do", "Each", "Apply", "Rest", "Join", "Eq", "Len"];

/// Fields of wide structs.
pub(super) const WIDE_FIELDS: [&str; 60] = [
    "V0", "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "V11", "V12", "V13", "V14",
    "V15", "V16", "V17", "V18", "V19", "V20", "V21", "V22", "V23", "V24", "V25", "V26", "V27",
    "V28", "V29", "V30", "V31", "V32", "V33", "V34", "V35", "V36", "V37", "V38", "V39", "V40",
    "V41", "V42", "V43", "V44", "V45", "V46", "V47", "V48", "V49", "V50", "V51", "V52", "V53",
    "V54", "V55", "V56", "V57", "V58", "V59",
];

/// Methods of wide interfaces.
pub(super) const WIDE_METHODS: [&str; 40] = [
    "Do0", "Do1", "Do2", "Do3", "Do4", "Do5", "Do6", "Do7", "Do8", "Do9", "Do10", "Do11", "Do12",
    "Do13", "Do14", "Do15", "Do16", "Do17", "Do18", "Do19", "Do20", "Do21", "Do22", "Do23", "Do24",
    "Do25", "Do26", "Do27", "Do28", "Do29", "Do30", "Do31", "Do32", "Do33", "Do34", "Do35", "Do36",
    "Do37", "Do38", "Do39",
];

/// Type parameters of long lists.
pub(super) const WIDE_PARAMS: [&str; 12] =
    ["W0", "W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9", "W10", "W11"];

/// Methods that importers cannot call.
pub(super) const HIDDEN_METHODS: [[&str; 2]; MAX_PACKAGES] = rows!["m" "get"];

/// Type parameters.
pub(super) const TYPE_PARAMS: [&str; 6] = ["T", "P", "Q", "E", "K", "U"];

/// New names for receiver type parameters.
pub(super) const RECEIVER_PARAMS: [&str; 4] = ["T1", "P1", "Q1", "E1"];

/// Local variables and parameters.
pub(super) const LOCALS: [&str; 16] =
    ["x", "y", "z", "i", "k", "v", "s", "t", "u", "w", "e", "n", "x1", "y1", "z1", "i1"];

/// Labels.
pub(super) const LABELS: [&str; 3] = ["Outer", "Again", "Loop"];

/// Import paths; a package's name is the part after the last slash.
pub(super) const PATHS: [&str; 10] =
    ["lib", "base", "dep", "a", "b", "q", "x/lib", "x/deep", "core", "app"];

/// Names that an importer may use for a package instead of its own.
pub(super) const IMPORT_NAMES: [&str; MAX_PACKAGES] = ["p0", "p1", "p2", "p3"];

/// Whether a package may use a name: it is exported, or it comes from the package's own row.
pub(super) fn visible(name: &str, package: u8) -> bool {
    let first = name.as_bytes().first().copied().unwrap_or(b'_');
    first.is_ascii_uppercase() || HIDDEN.iter().any(|rows| rows[package as usize].contains(&name))
}

const HIDDEN: [[&[&str]; MAX_PACKAGES]; 3] = {
    let (t, f, m) = (&HIDDEN_TYPES, &HIDDEN_FIELDS, &HIDDEN_METHODS);
    [[&t[0], &t[1], &t[2], &t[3]], [&f[0], &f[1], &f[2], &f[3]], [&m[0], &m[1], &m[2], &m[3]]]
};
