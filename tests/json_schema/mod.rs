//! The part of JSON Schema draft 4 that SARIF's schema uses. An unknown keyword is an error, so
//! that a schema is never considered satisfied because a part of it was ignored.

use serde_json::Value;

/// Every violation of the schema in the document, with its position.
pub fn faults(schema: &Value, document: &Value) -> Vec<String> {
    let mut out = Vec::new();
    check(schema, schema, document, "", &mut out);
    out
}

fn check(root: &Value, schema: &Value, at: &Value, path: &str, out: &mut Vec<String>) {
    let mut say = |what: String| out.push(format!("{path}: {what}"));
    let rules = schema.as_object().unwrap_or_else(|| panic!("{path}: not a schema: {schema}"));
    if let Some(reference) = rules.get("$ref") {
        // In draft 4, keywords beside it are ignored.
        let pointer = reference.as_str().and_then(|r| r.strip_prefix('#')).unwrap();
        let target = root.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}"));
        return check(root, target, at, path, out);
    }
    let none = serde_json::Map::new();
    let properties = rules.get("properties").and_then(Value::as_object).unwrap_or(&none);
    for (keyword, rule) in rules {
        match keyword.as_str() {
            "$schema" | "id" | "title" | "description" | "default" | "definitions" | "format" => {}
            "type" => {
                let wanted: Vec<&str> = match rule {
                    Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
                    one => one.as_str().into_iter().collect(),
                };
                if !wanted.iter().any(|w| is(at, w)) {
                    say(format!("{at} is not {wanted:?}"));
                }
            }
            "enum" => {
                if !rule.as_array().unwrap().contains(at) {
                    say(format!("{at} is none of {rule}"));
                }
            }
            "required" => {
                for name in rule.as_array().unwrap().iter().filter_map(Value::as_str) {
                    if at.is_object() && at.get(name).is_none() {
                        say(format!("no {name}"));
                    }
                }
            }
            "minimum" | "maximum" => {
                let (limit, Some(n)) = (rule.as_f64().unwrap(), at.as_f64()) else { continue };
                if (keyword == "minimum" && n < limit) || (keyword == "maximum" && n > limit) {
                    say(format!("{n} is beyond {keyword} {limit}"));
                }
            }
            "pattern" => {
                let pattern = regex::Regex::new(rule.as_str().unwrap()).unwrap();
                if at.as_str().is_some_and(|s| !pattern.is_match(s)) {
                    say(format!("{at} does not match {pattern}"));
                }
            }
            "minItems" => {
                if at.as_array().is_some_and(|a| (a.len() as u64) < rule.as_u64().unwrap()) {
                    say(format!("fewer than {rule}"));
                }
            }
            "uniqueItems" => {
                let all = at.as_array().map_or(&[][..], Vec::as_slice);
                let twice = all.iter().enumerate().any(|(i, v)| all[..i].contains(v));
                if rule == &Value::Bool(true) && twice {
                    say("an element occurs twice".to_owned());
                }
            }
            // Below.
            "properties" | "additionalProperties" | "items" | "anyOf" | "oneOf" => {}
            other => panic!("the keyword {other} is not known here"),
        }
    }
    for (name, value) in at.as_object().unwrap_or(&none) {
        let path = format!("{path}/{name}");
        match (properties.get(name), rules.get("additionalProperties")) {
            (Some(rule), _) => check(root, rule, value, &path, out),
            (None, Some(Value::Bool(false))) => out.push(format!("{path}: not in the schema")),
            (None, Some(rule @ Value::Object(_))) => check(root, rule, value, &path, out),
            (None, _) => {}
        }
    }
    if let (Some(rule), Some(all)) = (rules.get("items"), at.as_array()) {
        for (i, value) in all.iter().enumerate() {
            check(root, rule, value, &format!("{path}/{i}"), out);
        }
    }
    for (keyword, exactly) in [("anyOf", false), ("oneOf", true)] {
        let Some(ways) = rules.get(keyword).and_then(Value::as_array) else { continue };
        let met = ways.iter().filter(|way| {
            let mut found = Vec::new();
            check(root, way, at, path, &mut found);
            found.is_empty()
        });
        let met = met.count();
        if met == 0 || (exactly && met > 1) {
            out.push(format!("{path}: meets {met} of {keyword}"));
        }
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.as_f64().is_some_and(|n| n.fract() == 0.0),
        "number" => value.is_number(),
        other => panic!("the type {other} is not known here"),
    }
}
