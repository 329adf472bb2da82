//! Numbers in the spelling that gofmt prefers.

use std::borrow::Cow;

/// Lower-case prefixes and exponents, no leading zeros in an imaginary
/// integer. Hexadecimal digits keep their case.
pub(in crate::goast) fn normalize_number(text: &str) -> Cow<'_, str> {
    let Some((prefix, rest)) = text.split_at_checked(2) else {
        return Cow::Borrowed(text);
    };
    let lower_last = |text: &str, upper: char, lower: &str| {
        text.rfind(upper).map(|i| format!("{}{lower}{}", &text[..i], &text[i + 1..]))
    };
    let owned = match prefix {
        "0X" | "0x" => match (lower_last(rest, 'P', "p"), prefix) {
            (Some(rest), _) => Some(format!("0x{rest}")),
            (None, "0X") => Some(format!("0x{rest}")),
            (None, _) => None,
        },
        "0O" => Some(format!("0o{rest}")),
        "0B" => Some(format!("0b{rest}")),
        "0o" | "0b" => None,
        _ => lower_last(text, 'E', "e").or_else(|| {
            let imaginary = text.strip_suffix('i').filter(|t| !t.contains(['.', 'e']))?;
            let digits = imaginary.trim_start_matches(['0', '_']);
            Some(format!("{}i", if digits.is_empty() { "0" } else { digits }))
        }),
    };
    owned.map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::normalize_number;

    #[test]
    fn spelling() {
        let cases = [
            ("0", "0"),
            ("0XAbC", "0xAbC"),
            ("0xAP3", "0xAp3"),
            ("0X1.8P-2", "0x1.8p-2"),
            ("1E3", "1e3"),
            ("0xE", "0xE"),
            ("0B1", "0b1"),
            ("0O7", "0o7"),
            ("0_07i", "7i"),
            ("000i", "0i"),
            ("012.5i", "012.5i"),
            ("01E2i", "01e2i"),
            ("0755", "0755"),
        ];
        for (text, want) in cases {
            assert_eq!(normalize_number(text), want);
            assert_eq!(normalize_number(want), want);
        }
    }
}
