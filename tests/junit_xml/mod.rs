//! JUnit XML has no official schema. These are the rules of the schema that Jenkins uses
//! (junit-10.xsd of its xUnit plugin), written as a table.

use std::collections::BTreeMap;

/// Element, its parent, required attributes and optional attributes.
const ELEMENTS: [(&str, &str, &[&str], &[&str]); 6] = [
    ("testsuites", "", &[], &["name", "time", "tests", "failures", "errors", "disabled"]),
    (
        "testsuite",
        "testsuites",
        &["name", "tests", "failures", "errors"],
        &["skipped", "time", "timestamp", "hostname", "id", "package", "disabled"],
    ),
    ("testcase", "testsuite", &["name", "classname"], &["time", "assertions", "status"]),
    ("failure", "testcase", &[], &["type", "message"]),
    ("skipped", "testcase", &[], &["message", "type"]),
    ("system-out", "testcase", &[], &[]),
];
const NUMBERS: [&str; 6] = ["tests", "failures", "errors", "skipped", "time", "disabled"];

/// An element of a document.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Element>,
}

/// Every violation of the rules in the text.
pub fn faults(text: &str) -> Vec<String> {
    let Some(body) = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") else {
        return vec!["no XML declaration".to_owned()];
    };
    let mut out = Vec::new();
    match parse(body) {
        Ok(root) => {
            element(&root, "", &mut out);
            counts(&root, &mut out);
        }
        Err(why) => out.push(why),
    }
    out
}

/// Well-formed XML without comments, CDATA and processing instructions.
fn parse(text: &str) -> Result<Element, String> {
    let tag = regex::Regex::new(r#"^<(/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(/?)>"#).unwrap();
    let attribute = regex::Regex::new(r#" ([a-z]+)="([^"]*)""#).unwrap();
    let entity = regex::Regex::new("&(?:lt|gt|amp|quot);").unwrap();
    let plain = entity.replace_all(text, "");
    if let Some(c) = plain.chars().find(|&c| c == '&' || (c < ' ' && !"\n\t".contains(c))) {
        return Err(format!("{c:?} stands there as it is"));
    }
    let mut open = vec![Element::default()];
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let m = tag.captures(rest).ok_or_else(|| format!("no tag: {:.60}", rest))?;
        rest = &rest[m[0].len()..];
        let done = if m[1].is_empty() {
            let mut attributes = BTreeMap::new();
            for a in attribute.captures_iter(&m[3]) {
                if attributes.insert(a[1].to_owned(), a[2].to_owned()).is_some() {
                    return Err(format!("{} twice", &a[1]));
                }
            }
            open.push(Element { name: m[2].to_owned(), attributes, children: Vec::new() });
            !m[4].is_empty()
        } else {
            if open.last().unwrap().name != m[2] {
                return Err(format!("{} ends in {}", &m[2], open.last().unwrap().name));
            }
            true
        };
        if done {
            let element = open.pop().unwrap();
            open.last_mut().ok_or("an end too many")?.children.push(element);
        }
    }
    let mut top = open.pop().filter(|_| open.is_empty()).ok_or("an element is not ended")?;
    if top.children.len() == 1 { Ok(top.children.remove(0)) } else { Err("no single root".into()) }
}

fn element(e: &Element, parent: &str, out: &mut Vec<String>) {
    let Some((_, _, must, may)) = ELEMENTS.iter().find(|r| r.0 == e.name && r.1 == parent) else {
        out.push(format!("{} in {parent:?}", e.name));
        return;
    };
    for name in must.iter().filter(|n| !e.attributes.contains_key(**n)) {
        out.push(format!("{} without {name}", e.name));
    }
    for (name, value) in &e.attributes {
        if !must.contains(&name.as_str()) && !may.contains(&name.as_str()) {
            out.push(format!("{} with {name}", e.name));
        }
        if NUMBERS.contains(&name.as_str()) && value.parse::<f64>().is_err() {
            out.push(format!("{name} is {value}"));
        }
    }
    e.children.iter().for_each(|c| element(c, &e.name, out));
}

/// Checks that the counts of suites match their cases.
fn counts(e: &Element, out: &mut Vec<String>) {
    fn cases(e: &Element) -> Vec<&Element> {
        match e.name.as_str() {
            "testcase" => vec![e],
            _ => e.children.iter().flat_map(cases).collect(),
        }
    }
    let all = cases(e);
    let having =
        |what: &str| all.iter().filter(|c| c.children.iter().any(|x| x.name == what)).count();
    for (name, is) in
        [("tests", all.len()), ("failures", having("failure")), ("skipped", having("skipped"))]
    {
        if let Some(said) = e.attributes.get(name)
            && *said != is.to_string()
        {
            out.push(format!("{}: {name} is {said}, and there are {is}", e.name));
        }
    }
    e.children.iter().filter(|c| c.name == "testsuite").for_each(|c| counts(c, out));
}
