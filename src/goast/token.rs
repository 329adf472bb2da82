//! The tokens that a tree needs to name, as `go/token` spells them.

use serde::{Deserialize, Serialize};

macro_rules! tokens {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[doc = concat!("`", $text, "`")] #[serde(rename = $text)] $variant,)*
        }
        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The token as it is written in source.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

tokens! {
    /// An operator of an expression or an assignment.
    Token {
        Add = "+", Sub = "-", Mul = "*", Quo = "/", Rem = "%",
        And = "&", Or = "|", Xor = "^", Shl = "<<", Shr = ">>", AndNot = "&^",
        LAnd = "&&", LOr = "||", Arrow = "<-", Not = "!", Tilde = "~",
        Eql = "==", Neq = "!=", Lss = "<", Leq = "<=", Gtr = ">", Geq = ">=",
        Assign = "=", Define = ":=",
        AddAssign = "+=", SubAssign = "-=", MulAssign = "*=", QuoAssign = "/=", RemAssign = "%=",
        AndAssign = "&=", OrAssign = "|=", XorAssign = "^=", ShlAssign = "<<=", ShrAssign = ">>=",
        AndNotAssign = "&^=",
        Inc = "++", Dec = "--",
    }
}

tokens! {
    /// The keyword of a [`super::GenDecl`].
    DeclTok { Import = "import", Const = "const", Type = "type", Var = "var", }
}

tokens! {
    /// The keyword of a [`super::BranchStmt`].
    BranchTok { Break = "break", Continue = "continue", Goto = "goto", Fallthrough = "fallthrough", }
}

tokens! {
    /// The kind of a [`super::BasicLit`].
    LitKind { Int = "INT", Float = "FLOAT", Imag = "IMAG", Char = "CHAR", String = "STRING", }
}

tokens! {
    /// A channel's direction.
    ChanDir { Both = "chan", Send = "chan<-", Recv = "<-chan", }
}

/// Go's keywords. From the language specification, "Keywords".
const KEYWORDS: [&str; 25] = [
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
];

/// Whether Go reserves a word.
#[must_use]
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

impl Token {
    /// The precedence of a binary operator, 1 to 5; 0 for any other token.
    /// From the language specification, "Operator precedence".
    #[must_use]
    pub fn precedence(self) -> u8 {
        use Token::{
            Add, And, AndNot, Eql, Geq, Gtr, LAnd, LOr, Leq, Lss, Mul, Neq, Or, Quo, Rem, Shl, Shr,
            Sub, Xor,
        };
        match self {
            LOr => 1,
            LAnd => 2,
            Eql | Neq | Lss | Leq | Gtr | Geq => 3,
            Add | Sub | Or | Xor => 4,
            Mul | Quo | Rem | Shl | Shr | And | AndNot => 5,
            _ => 0,
        }
    }
}
