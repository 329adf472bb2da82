//! The composition of a program, drawn once for each program.
//!
//! If every declaration threw its own dice, all programs would look alike: a bit of everything. A
//! policy makes some features frequent and turns others off.

use crate::rng::Rng;

/// Weights and switches of one program.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    /// Percent of type declarations that are generic.
    pub generic: u32,
    /// Percent of generic aliases among aliases.
    pub generic_alias: u32,
    /// Weights of the forms of a type declaration, in the order of
    /// [`super::decls::KINDS`].
    pub kinds: [u32; 12],
    /// Weights of the forms of a type, in the order of
    /// [`super::types::FORMS`].
    pub forms: [u32; 11],
    /// Weights of constraints, in the order of [`super::constraints::FORMS`].
    pub constraints: [u32; 9],
    /// Percent of struct declarations that embed.
    pub embed: u32,
    /// Percent of declared types that have methods.
    pub methods: u32,
    /// Percent of methods with type parameters of their own.
    pub generic_methods: u32,
    /// Percent of pointer receivers.
    pub pointer_receivers: u32,
    /// Percent of array lengths that are constants or `unsafe.Sizeof`.
    pub lengths: u32,
    /// Percent of structs that have a field with a tag.
    pub tags: u32,
    /// Percent of unexported names.
    pub hidden: u32,
    /// Percent of type arguments written where inference could find them.
    pub explicit: u32,
    /// Many distinct instances `T[[1]int]`, `T[[2]int]`, … of one type.
    pub many_instances: bool,
    /// Importers use dot imports.
    pub dot_import: bool,
    /// Importers rename what they import.
    pub rename_import: bool,
    /// `M() *L[L[T]]`: ill-typed only because of the instantiation cycle, which the checker reports
    /// last. The types are complete and expand forever.
    pub instantiation_cycle: bool,
    /// Packages have two files.
    pub two_files: bool,
    /// The maximum number of statements in a function body.
    pub statements: usize,
    /// The maximum number of type declarations in a package.
    pub types: usize,
    /// Percent of weight on members of instances when an expression is extended.
    pub steps: usize,
    /// The newest release whose language version a file may ask for. Then the program itself has only
    /// what an older release has.
    pub file_versions: Option<u32>,
    /// Percent of long lists: of fields, methods, parameters, type parameters and terms.
    pub wide: u32,
    /// The maximum number of phrases that a package declares.
    pub phrases: usize,
}

impl Policy {
    /// Draws a policy.
    pub fn draw(rng: &mut Rng) -> Self {
        let mut kinds = [40, 14, 8, 5, 5, 6, 4, 4, 3, 4, 4, 16];
        let mut forms = [9, 12, 14, 30, 12, 8, 6, 6, 4, 5, 3];
        let mut constraints = [40, 12, 10, 8, 8, 6, 6, 5, 5];
        vary(rng, &mut kinds);
        vary(rng, &mut forms);
        vary(rng, &mut constraints);
        // These must stay possible, because everything else falls back on them.
        kinds[0] = kinds[0].max(8);
        forms[0] = forms[0].max(3);
        forms[3] = forms[3].max(10);
        constraints[0] = constraints[0].max(10);
        let level = |rng: &mut Rng, levels: &[u32]| rng.choose(levels).copied().unwrap_or(0);
        // A program has much of a kind or phrases, so that programs stay small.
        let phrases = usize::from(rng.chance(20));
        Self {
            generic: level(rng, &[20, 55, 75, 90]),
            generic_alias: level(rng, &[0, 50, 80]),
            kinds,
            forms,
            constraints,
            embed: level(rng, &[0, 15, 30, 60]),
            methods: level(rng, if phrases > 0 { &[10] } else { &[30, 60, 90] }),
            generic_methods: level(rng, &[0, 10, 30]),
            pointer_receivers: level(rng, &[10, 50, 90]),
            lengths: level(rng, &[0, 30, 60]),
            tags: level(rng, &[0, 0, 30]),
            hidden: level(rng, &[0, 0, 15]),
            explicit: level(rng, &[0, 20, 60]),
            many_instances: rng.chance(20),
            dot_import: rng.chance(8),
            rename_import: rng.chance(12),
            instantiation_cycle: rng.chance(6),
            two_files: rng.chance(8),
            statements: rng.between(1, 2 - phrases),
            types: rng.between(1, 3 - phrases),
            steps: rng.between(1, 4),
            file_versions: None,
            wide: if rng.chance(5) { 40 } else { 0 },
            phrases,
        }
    }
}

/// Turns about a quarter of the weights off and triples about an eighth.
fn vary(rng: &mut Rng, weights: &mut [u32]) {
    for w in weights {
        match rng.below(8) {
            0 | 1 => *w = 0,
            2 => *w *= 3,
            _ => {}
        }
    }
}
