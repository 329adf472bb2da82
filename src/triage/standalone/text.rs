//! Go source text: literals, names, comments.

use crate::goast::is_keyword;

/// A string literal. It is raw where that is possible, which is easier to read.
#[must_use]
pub fn literal(text: &str) -> String {
    // A raw string drops carriage returns and cannot hold a byte order mark.
    let printable = |c: char| c == '\n' || c == '\t' || (!c.is_control() && c != '\u{feff}');
    if text.chars().all(printable) {
        return format!("`{}`", text.replace('`', "` + \"`\" + `"));
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if !printable(c) && u32::from(c) > 0xffff => {
                out.push_str(&format!("\\U{:08x}", u32::from(c)));
            }
            c if !printable(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A short literal on one line.
#[must_use]
pub fn quoted(text: &str) -> String {
    if text.contains('"') && !text.contains(['`', '\n']) {
        return literal(text);
    }
    let raw = literal(text);
    match raw.strip_prefix('`') {
        Some(_) => {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{}\"", escaped.replace('\n', "\\n").replace('\t', "\\t"))
        }
        None => raw,
    }
}

/// Names that Go declares, and that the statements of programs use.
const TAKEN: &str = "\
append len new make panic string error int bool any nil true false main init \
wg check attempt packages sources instances conf info fset ctxt im start shared prog analyses changed \
checkUnfinished checkSyntax checkSyntaxUnfinished t t2 t3 t4 inst inst2 inst3 inst4";

/// The name of a variable for an import path: `x/go-lib` → `goLib`. It differs from
/// `others`, and is added to them.
pub fn variable(path: &str, others: &mut Vec<String>) -> String {
    let last = path.rsplit('/').next().unwrap_or(path);
    let mut name = String::new();
    let mut upper = false;
    for c in last.chars() {
        if !c.is_alphanumeric() {
            upper = !name.is_empty();
        } else if upper {
            name.extend(c.to_uppercase());
            upper = false;
        } else if name.is_empty() && c.is_numeric() {
            name.push('p');
            name.push(c);
        } else if name.is_empty() {
            name.extend(c.to_lowercase());
        } else {
            name.push(c);
        }
    }
    if name.is_empty() {
        name.push('p');
    }
    let is_free = |n: &str| {
        !is_keyword(n) && !TAKEN.split(' ').any(|t| t == n) && !others.iter().any(|o| o == n)
    };
    let mut free = name.clone();
    let mut n = 1;
    while !is_free(&free) {
        n += 1;
        free = if n == 2 { format!("{name}Pkg") } else { format!("{name}{n}") };
    }
    others.push(free.clone());
    free
}

/// Comment lines of at most 80 columns, with an indent after `//`.
#[must_use]
pub fn comment(text: &str, indent: &str) -> String {
    let mut out = String::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + word.chars().count() > 75 {
                out.push_str(&format!("//{indent}{line}\n"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        out.push_str(format!("//{}{line}", if line.is_empty() { "" } else { indent }).trim_end());
        out.push('\n');
    }
    out
}

/// The expression for the type of a package's object.
pub(super) fn type_of(package: &str, object: &str) -> String {
    format!("{package}.Scope().Lookup({}).Type()", quoted(object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        assert_eq!(literal("package p\n"), "`package p\n`");
        assert_eq!(literal("a`b"), "`a` + \"`\" + `b`");
        assert_eq!(literal("a\rb\0\"\u{feff}"), "\"a\\u000db\\u0000\\\"\\ufeff\"");
        assert_eq!(quoted("a.b"), "\"a.b\"");
        assert_eq!(quoted("a\"b"), "`a\"b`");
        assert_eq!(quoted("a\"`\\\n"), "\"a\\\"`\\\\\\n\"");
    }

    #[test]
    fn variables_are_free() {
        let mut others = Vec::new();
        let names: Vec<_> = ["lib", "x/lib", "go", "9a", "x-y_z", "ünï", "Lib", "..."]
            .iter()
            .map(|p| variable(p, &mut others))
            .collect();
        assert_eq!(names, ["lib", "libPkg", "goPkg", "p9a", "xYZ", "ünï", "lib3", "p"]);
    }

    #[test]
    fn comments_wrap() {
        let long = "word ".repeat(30);
        assert!(comment(&long, " ").lines().all(|l| l.len() <= 80 && l.starts_with("// word")));
        assert_eq!(comment("a\n\nb", "\t"), "//\ta\n//\n//\tb\n");
    }
}
