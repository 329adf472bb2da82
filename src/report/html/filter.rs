//! The search box and the filters.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Page, markup};
use crate::finding::sides;

/// The page's script.
pub(super) const SCRIPT: &str = include_str!("filter.js");

/// The form. The script shows it: without scripts it would do nothing.
pub(super) fn form(out: &mut String, page: &Page) {
    let mut values: [BTreeSet<&str>; 3] = Default::default();
    let mut functions: BTreeSet<&str> = BTreeSet::new();
    for f in page.findings() {
        let of = [f.class.as_str(), f.kind.as_str(), f.origin.go_version.as_str()];
        for (set, value) in values.iter_mut().zip(of) {
            set.insert(value);
        }
        functions.extend(sides(&f.signature));
    }
    out.push_str(
        "<form id=\"filter\" hidden><label>search <input id=\"words\" type=\"search\"/></label>\n",
    );
    for ((key, name), values) in
        [("class", "class"), ("kind", "kind"), ("go", "release")].iter().zip(&values)
    {
        let _ =
            write!(out, "<label>{name} <select id=\"by-{key}\"><option value=\"\">all</option>");
        for value in values {
            let _ = write!(out, "<option>{}</option>", markup(value));
        }
        out.push_str("</select></label>\n");
    }
    out.push_str(
        "<label>function <input id=\"by-function\" list=\"functions\"/></label>\n\
         <datalist id=\"functions\">",
    );
    for function in functions {
        let _ = write!(out, "<option>{}</option>", markup(function));
    }
    out.push_str("</datalist> <output id=\"shown\"></output></form>\n");
}
