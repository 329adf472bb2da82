//! One-line titles for people.

use super::race::Access;
use super::signature::Site;
use crate::checker;

/// `data race: write in (*Named).unpack / read in (*Checker).isComplete`.
#[must_use]
pub fn race(sides: &[(Access, Site); 2]) -> String {
    let mut sides = sides.clone();
    sides.sort();
    let [(a, here), (b, there)] = &sides;
    if here == there {
        let both = if a == b { format!("two {}", plural(*a)) } else { format!("{a} and {b}") };
        return format!("data race: {both} in {}", short(&here.spelled()));
    }
    format!("data race: {a} in {} / {b} in {}", short(&here.spelled()), short(&there.spelled()))
}

/// The place where a race with this title writes: `(*Named).unpack`.
#[must_use]
pub fn written(title: &str) -> Option<&str> {
    let sides = title.strip_prefix("data race: ")?;
    let both = ["two writes in ", "write and read in "].iter().find_map(|p| sides.strip_prefix(p));
    both.or_else(|| sides.strip_prefix("write in ")?.split(" / ").next())
}

/// The title of several races that write at one place: most likely they have one root.
#[must_use]
pub fn writes_in(place: &str) -> String {
    format!("data races with a write in {place}")
}

/// `panic: underlying type must not be nil in (*Named).SetUnderlying`.
#[must_use]
pub fn at(what: &str, sites: &[String]) -> String {
    let places = sites.iter().map(|s| short(s)).collect::<Vec<_>>().join(" / ");
    if places.is_empty() { what.to_owned() } else { format!("{what}: {places}") }
}

fn plural(access: Access) -> String {
    if access == Access::Unknown { "accesses".to_owned() } else { format!("{access}s") }
}

/// Omits the package where everyone knows it, and the module path of x/tools.
fn short(text: &str) -> String {
    checker::short(text).replace("golang.org/x/tools/", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(f: &str, map: bool) -> Site {
        Site { functions: vec![f.to_owned()], map }
    }

    #[test]
    fn races() {
        let (a, b) = (site("go/types.a", false), site("go/types.(*B).b", true));
        assert_eq!(
            race(&[(Access::Read, a.clone()), (Access::Write, b.clone())]),
            "data race: write in (*B).b (map) / read in a"
        );
        assert_eq!(
            race(&[(Access::Read, a.clone()), (Access::Write, a)]),
            "data race: write and read in a"
        );
        assert_eq!(
            race(&[(Access::Write, b.clone()), (Access::Write, b)]),
            "data race: two writes in (*B).b (map)"
        );
    }

    #[test]
    fn where_a_race_writes() {
        let (a, b) = (site("go/types.a", false), site("go/types.(*B).b", true));
        let (read, write) = (Access::Read, Access::Write);
        for sides in [[(read, a.clone()), (write, b.clone())], [(write, b.clone()), (write, b)]] {
            assert_eq!(written(&race(&sides)), Some("(*B).b (map)"));
        }
        assert_eq!(written(&race(&[(read, a.clone()), (write, a)])), Some("a"));
        assert_eq!(written("data race: two accesses in a"), None);
        assert_eq!(written("hang: f"), None);
    }
}
