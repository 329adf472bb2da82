//! Phrases: parts of the language that need no model of the program, written as Go text with holes
//! in `phrases/phrases.txtar`. The holes are filled with types of the program.

use std::sync::OnceLock;

use super::Gen;
use super::emit::UNSAFE;
use super::exprs::Scope;
use super::model::TypeId;
use super::names;
use super::types::{Site, Want};
use crate::edit::phrase::{self, Filler, Text, TypeHole};
use crate::goast::build::int;
use crate::goast::{Decl, Expr};
use crate::rng::Rng;

/// A phrase: what one package declares, and what an importer of it does with that.
struct Phrase {
    decl: Text,
    usage: Option<Text>,
}

/// Every phrase, in the order of their names.
fn phrases() -> &'static [Phrase] {
    static PHRASES: OnceLock<Vec<Phrase>> = OnceLock::new();
    PHRASES.get_or_init(|| {
        let mut texts = phrase::read(include_str!("phrases/phrases.json"));
        let folders: Vec<String> =
            texts.keys().filter_map(|p| p.strip_suffix("/decl.go")).map(str::to_owned).collect();
        let both = |folder: &String| {
            Some(Phrase {
                decl: texts.remove(&format!("{folder}/decl.go"))?,
                usage: texts.remove(&format!("{folder}/use.go")),
            })
        };
        folders.iter().filter_map(both).collect()
    })
}

/// A phrase in a program.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    phrase: usize,
    package: u8,
    /// What the package declares of it.
    names: Vec<String>,
    holes: Vec<(TypeHole, TypeId)>,
}

impl Gen<'_> {
    /// Phrases for this package: uses of those in its dependencies, and new ones. No phrase occurs
    /// twice in a package, so names never clash.
    pub fn phrases(&mut self) -> Vec<(u8, Decl)> {
        let mut out = Vec::new();
        for at in 0..self.placed.len() {
            if self.deps.contains(&self.placed[at].package) && self.rng.chance(75) {
                let placed = self.placed[at].clone();
                self.use_phrase(&placed, &mut out);
            }
        }
        for _ in 0..self.rng.below(self.policy.phrases + 1) {
            let phrase = self.rng.below(phrases().len());
            let text = &phrases()[phrase].decl;
            let fresh = self.placed.iter().all(|p| p.phrase != phrase);
            if fresh && text.go_minor <= self.options.go_minor {
                let part = text.part(self.rng, |_, _| true);
                let names = text.names_of(&part);
                let holes = self.fill(text, &part, Vec::new(), self.package, &mut out);
                self.placed.push(Placed { phrase, package: self.package, names, holes });
            }
        }
        out
    }

    fn use_phrase(&mut self, placed: &Placed, out: &mut Vec<(u8, Decl)>) {
        let Some(text) = &phrases()[placed.phrase].usage else { return };
        let usable = |text: &Text, at: usize| {
            text.imported(at).iter().all(|name| placed.names.contains(name))
        };
        let part = text.part(self.rng, usable);
        let named = |&(hole, t): &(TypeHole, TypeId)| {
            self.nameable(t, &[]) || !part.iter().any(|&at| text.types(at).contains(&hole))
        };
        if text.go_minor <= self.options.go_minor && placed.holes.iter().all(named) {
            self.fill(text, &part, placed.holes.clone(), placed.package, out);
        }
    }

    /// Adds declarations of a phrase. Returns the types in its holes.
    fn fill(
        &mut self,
        text: &Text,
        part: &[usize],
        holes: Vec<(TypeHole, TypeId)>,
        imported: u8,
        out: &mut Vec<(u8, Decl)>,
    ) -> Vec<(TypeHole, TypeId)> {
        let mut filler = FromModel { g: self, holes, imported };
        for &at in part {
            filler.g.uses = 0;
            let decl = phrase::fill(text, at, &mut filler);
            out.push((filler.g.uses, decl));
        }
        filler.holes
    }
}

/// Fills holes with types of the model.
struct FromModel<'g, 'a> {
    g: &'g mut Gen<'a>,
    holes: Vec<(TypeHole, TypeId)>,
    /// The package that the phrase calls `lib`.
    imported: u8,
}

impl Filler for FromModel<'_, '_> {
    fn rng(&mut self) -> &mut Rng {
        self.g.rng
    }

    fn typ(&mut self, hole: TypeHole) -> Expr {
        let known = self.holes.iter().find(|h| h.0 == hole).map(|h| h.1);
        let t = known.unwrap_or_else(|| {
            let (g, site) = (&mut *self.g, Site::code(Vec::new()));
            let want = Want { depth: 1, ..Want::ANY };
            match hole {
                TypeHole::Any | TypeHole::Any2 => g.random_type(&site, want),
                TypeHole::Key | TypeHole::Key2 => {
                    g.random_type(&site, Want { comparable: true, ..want })
                }
                TypeHole::Named => {
                    let named = g.random_named(&site, want);
                    named.unwrap_or_else(|| g.random_type(&site, want))
                }
            }
        });
        if known.is_none() {
            self.holes.push((hole, t));
        }
        self.g.type_expr(t)
    }

    fn value(&mut self) -> Expr {
        self.g.start(&Scope::new(Vec::new(), true)).map_or_else(|| int(0), |at| at.x)
    }

    fn hidden(&mut self) -> Expr {
        // Well-typed programs have none.
        int(0)
    }

    fn rename(&mut self, name: &str) -> Option<String> {
        let row = self.g.row();
        (row > 0).then(|| format!("{name}{}", names::SUFFIXES[row]))
    }

    fn qualified(&mut self, package: &str, name: &str) -> Option<Expr> {
        if package == "unsafe" {
            self.g.uses |= 1 << UNSAFE;
        }
        if package != phrase::IMPORTED {
            return None;
        }
        let row = if self.g.policy.dot_import { self.imported as usize } else { 0 };
        let name = format!("{name}{}", names::SUFFIXES[row]);
        Some(self.g.qualified(self.imported, &name))
    }
}

#[cfg(test)]
mod tests {
    use super::super::names;
    use super::phrases;

    #[test]
    fn trees_are_those_of_the_text() {
        crate::edit::phrase::assert_same(
            include_str!("phrases/phrases.txtar"),
            include_str!("phrases/phrases.json"),
        );
    }

    /// The reason why a phrase may occur once in a program without a look at its names.
    #[test]
    fn names_are_unique_and_in_no_pool() {
        let mut seen: Vec<&str> = Vec::new();
        seen.extend(names::TYPES.iter().flatten());
        seen.extend(names::HIDDEN_TYPES.iter().flatten());
        seen.extend(names::VARS.iter().flatten());
        seen.extend(names::FUNCS.iter().flatten());
        seen.extend(names::CONSTS.iter().flatten());
        let texts = phrases().iter().flat_map(|p| [Some(&p.decl), p.usage.as_ref()]).flatten();
        let mut twice = Vec::new();
        for name in texts.flat_map(|t| t.names.iter().flatten()) {
            if seen.contains(&name.as_str()) {
                twice.push(name);
            }
            seen.push(name);
        }
        assert!(phrases().len() > 20, "{}", phrases().len());
        assert!(twice.is_empty(), "{twice:?}");
    }
}
