//! The decision which patch's root a finding has, from runs under each of them.

use std::collections::BTreeSet;

use crate::patches::Patch;

/// What the runs under a patch say about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A run showed the finding.
    Shows,
    /// So many runs did not show it that this is no coincidence. `changed`: they showed other
    /// findings, which do not show without the patch.
    Silent {
        /// Whether other findings appeared.
        changed: bool,
    },
    /// No run showed it, but there were too few of them.
    Unclear,
}

/// The root of a finding, as far as patches tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The finding ends under this patch and no other.
    Ends(String),
    /// The finding shows under all patches but this one, where it showed in none of too few runs.
    Likely(String),
    /// It ends under several patches, and nothing says which of them is its own.
    Several(Vec<String>),
    /// It shows under every patch.
    Survives,
    /// Several patches may end it, or may not.
    Unclear,
}

/// Decides, from what each patch did.
///
/// If several patches end the finding, those go that also end what another one of them ends
/// (`also_ends`). Then those go under which other findings appeared: they may only have changed
/// where the fault shows.
#[must_use]
pub fn decide(effects: &[(&Patch, Effect)]) -> Decision {
    let ids = |wanted: &dyn Fn(Effect) -> bool| -> Vec<&str> {
        effects.iter().filter(|(_, e)| wanted(*e)).map(|(p, _)| &*p.id).collect()
    };
    let silent = ids(&|e| matches!(e, Effect::Silent { .. }));
    let unclear = ids(&|e| e == Effect::Unclear);
    match (&silent[..], &unclear[..]) {
        ([], []) => return Decision::Survives,
        ([], [only]) => return Decision::Likely((*only).to_owned()),
        ([only], []) => return Decision::Ends((*only).to_owned()),
        ([_, ..], []) => {}
        _ => return Decision::Unclear,
    }
    let own = |p: &Patch| !p.also_ends.iter().any(|other| silent.contains(&&**other));
    let mut left: Vec<(&str, bool)> = effects
        .iter()
        .filter_map(|(p, e)| match e {
            Effect::Silent { changed } if own(p) => Some((&*p.id, *changed)),
            _ => None,
        })
        .collect();
    if left.iter().any(|(_, changed)| !changed) {
        left.retain(|(_, changed)| !changed);
    }
    match &left[..] {
        [(only, _)] => Decision::Ends((*only).to_owned()),
        // Two patches that each also end what the other ends.
        [] => Decision::Several(silent.into_iter().map(str::to_owned).collect()),
        _ => Decision::Several(left.into_iter().map(|(id, _)| id.to_owned()).collect()),
    }
}

/// What the runs under a patch say. `seen` of `runs` showed the finding, `needed` silent runs are no
/// coincidence, and `changed` says whether other findings appeared.
#[must_use]
pub fn effect(seen: u32, runs: u32, needed: u32, changed: bool) -> Effect {
    match () {
        () if seen > 0 => Effect::Shows,
        () if runs < needed => Effect::Unclear,
        () => Effect::Silent { changed },
    }
}

/// The findings that appeared under a patch and do not show without it.
#[must_use]
pub fn appeared(seen: &BTreeSet<String>, usual: &BTreeSet<String>) -> Vec<String> {
    seen.difference(usual).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(id: &str, also_ends: &[&str]) -> Patch {
        let text = format!(
            "id = {id:?}\ntitle = \"t\"\nissues = []\nclass = \"bug\"\nkinds = []\n\
             also_ends = {also_ends:?}\n[[variant]]\nreleases = \"1.27\"\n[[variant.edit]]\n\
             file = \"a.go\"\nold = \"a\"\nnew = \"b\"\n"
        );
        Patch::parse("x.toml", &text).unwrap()
    }

    #[test]
    fn one_patch_and_only_one() {
        const SHOWS: Effect = Effect::Shows;
        const SILENT: Effect = Effect::Silent { changed: false };
        const CHANGED: Effect = Effect::Silent { changed: true };
        const UNCLEAR: Effect = Effect::Unclear;
        let patches = [patch("A", &[]), patch("B", &["C"]), patch("C", &[])];
        let run = |effects: [Effect; 3]| {
            let all: Vec<_> = patches.iter().zip(effects).collect();
            match decide(&all) {
                Decision::Ends(id) => format!("ends {id}"),
                Decision::Likely(id) => format!("likely {id}"),
                Decision::Several(ids) => format!("several {}", ids.join(" ")),
                Decision::Survives => "survives".to_owned(),
                Decision::Unclear => "unclear".to_owned(),
            }
        };
        for (effects, want) in [
            ([SHOWS, SHOWS, SHOWS], "survives"),
            ([SILENT, SHOWS, SHOWS], "ends A"),
            ([SHOWS, SILENT, SHOWS], "ends B"),
            // B's patch ends C's findings as well.
            ([SHOWS, SILENT, SILENT], "ends C"),
            ([SHOWS, CHANGED, SILENT], "ends C"),
            ([SHOWS, SILENT, CHANGED], "ends C"),
            ([SILENT, SILENT, SHOWS], "several A B"),
            ([SILENT, CHANGED, SHOWS], "ends A"),
            ([CHANGED, SHOWS, SHOWS], "ends A"),
            ([CHANGED, CHANGED, SHOWS], "several A B"),
            ([UNCLEAR, SHOWS, SHOWS], "likely A"),
            ([UNCLEAR, UNCLEAR, SHOWS], "unclear"),
            ([UNCLEAR, SHOWS, SILENT], "unclear"),
            ([UNCLEAR, UNCLEAR, UNCLEAR], "unclear"),
        ] {
            assert_eq!(run(effects), want, "{effects:?}");
        }
        assert_eq!(decide(&[]), Decision::Survives);
        let circle = [patch("A", &["B"]), patch("B", &["A"])];
        let both: Vec<_> = circle.iter().map(|p| (p, SILENT)).collect();
        assert_eq!(decide(&both), Decision::Several(vec!["A".to_owned(), "B".to_owned()]));
    }

    #[test]
    fn silence_needs_enough_runs() {
        assert_eq!(effect(1, 1, 20, false), Effect::Shows);
        assert_eq!(effect(0, 19, 20, false), Effect::Unclear);
        assert_eq!(effect(0, 20, 20, true), Effect::Silent { changed: true });
        let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(appeared(&set(&["a", "b"]), &set(&["b", "c"])), ["a"]);
    }
}
