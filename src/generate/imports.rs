//! One package: what it imports, what it declares, and how it uses its
//! dependencies.

use crate::goast::Ident;

use super::Gen;
use super::Options;
use super::emit::UNSAFE;
use super::model::DeclId;
use super::names;
use super::policy::Policy;
use super::world::World;
use crate::goast::{Decl, DeclTok, File, GenDecl, ImportSpec, Spec};
use crate::rng::Rng;
use crate::testcase::{Package, PackageFile};

impl<'a> Gen<'a> {
    /// A generator for one program.
    pub fn new(
        rng: &'a mut Rng,
        world: Box<World>,
        policy: Policy,
        options: Options,
        paths: [&'static str; 10],
    ) -> Self {
        Self {
            rng,
            w: world,
            policy,
            options,
            paths,
            package: 0,
            deps: Vec::new(),
            import_names: [""; names::MAX_PACKAGES],
            foreign: Vec::new(),
            first_decl: 0,
            first_func: 0,
            first_var: 0,
            next_type: 0,
            next_hidden_type: 0,
            uses: 0,
            renamed: Vec::new(),
            labels: 0,
            placed: Vec::new(),
        }
    }

    /// The row of the name pools. Rows differ where a dot import could cause a name clash.
    pub fn row(&self) -> usize {
        if self.policy.dot_import { self.package as usize } else { 0 }
    }

    /// Makes the next package of a program of `total`.
    pub fn one_package(&mut self, package: u8, total: usize) -> Package {
        self.begin(package);
        let mut decls = self.declare_constants();
        self.declare_types();
        self.declare_methods();
        // Variables and functions use declarations made before them.
        let mut code = Vec::new();
        let last = package as usize + 1 == total;
        let most = if last && total > 1 { 3 } else { 2 } - self.policy.phrases;
        for _ in 0..self.rng.between(1, most) {
            code.extend(self.variable());
            if self.rng.chance(if last { 60 } else { 35 }) {
                code.extend(self.function());
            }
            if self.rng.chance(25) {
                code.extend(self.blank_variable());
            }
        }
        for i in self.first_decl..self.w.decls.len() {
            let d = DeclId(i as u32);
            self.uses = 0;
            let decl = self.type_decl(d);
            decls.push((self.uses, decl));
            for m in self.w.decl(d).methods.clone() {
                self.uses = 0;
                self.labels = 0;
                let decl = self.method_decl(d, &m);
                decls.push((self.uses, decl));
            }
        }
        decls.append(&mut code);
        decls.append(&mut self.phrases());
        decls.extend(self.many_names());
        if self.rng.chance(35) {
            // Any order is legal; a random one gives initialization order some work.
            self.rng.shuffle(&mut decls);
        }
        self.finish(decls)
    }

    fn begin(&mut self, package: u8) {
        self.package = package;
        self.first_decl = self.w.decls.len();
        self.first_func = self.w.funcs.len();
        self.first_var = self.w.vars.len();
        self.next_type = 0;
        self.next_hidden_type = 0;
        self.labels = 0;
        self.w.consts.push(Vec::new());
        self.deps.clear();
        for dep in 0..package {
            // All packages share the first one.
            if dep == 0 || self.rng.chance(60) {
                self.deps.push(dep);
            }
            let own = base(self.paths[dep as usize]);
            let taken = (0..dep).any(|d| base(self.paths[d as usize]) == own);
            self.import_names[dep as usize] = if self.policy.dot_import && self.rng.chance(60) {
                "."
            } else if taken || (self.policy.rename_import && self.rng.chance(60)) {
                names::IMPORT_NAMES[dep as usize]
            } else {
                own
            };
        }
        self.foreign = (0..self.first_decl)
            .map(|i| DeclId(i as u32))
            .filter(|&d| {
                let decl = self.w.decl(d);
                self.deps.contains(&decl.package) && names::visible(decl.name, package)
            })
            .collect();
    }

    /// Puts declarations into one file or two, each file with the imports that it uses.
    fn finish(&mut self, mut decls: Vec<(u8, Decl)>) -> Package {
        let path = self.paths[self.package as usize];
        let name = base(path);
        let mut files = Vec::new();
        if self.policy.two_files && decls.len() > 2 {
            let rest = decls.split_off(decls.len() / 2);
            files.push(self.file(&format!("{name}2.go"), rest));
        }
        files.insert(0, self.file(&format!("{name}.go"), decls));
        Package { path: path.to_owned(), files }
    }

    /// A language version that has everything in the program.
    fn file_version(&mut self) -> Option<String> {
        let newest = self.policy.file_versions?;
        let minor = self.rng.between(self.options.go_minor as usize, newest as usize);
        self.rng.chance(70).then(|| format!("go1.{minor}"))
    }

    fn file(&mut self, name: &str, decls: Vec<(u8, Decl)>) -> PackageFile {
        let uses = decls.iter().fold(0, |all, d| all | d.0);
        let mut specs = Vec::new();
        for dep in 0..names::MAX_PACKAGES {
            if uses & (1 << dep) != 0 {
                let (path, import) = (self.paths[dep], self.import_names[dep]);
                let name = (import != base(path)).then(|| Ident::from(import));
                specs.push(Spec::ImportSpec(ImportSpec { name, path: path.to_owned() }));
            }
        }
        if uses & (1 << UNSAFE) != 0 {
            specs.push(Spec::ImportSpec(ImportSpec { name: None, path: "unsafe".to_owned() }));
        }
        let mut out = Vec::with_capacity(decls.len() + 1);
        if !specs.is_empty() {
            let grouped = specs.len() > 1;
            out.push(Decl::GenDecl(GenDecl { tok: DeclTok::Import, grouped, specs }));
        }
        out.extend(decls.into_iter().map(|d| d.1));
        let package = Ident::from(base(self.paths[self.package as usize]));
        let go_version = self.file_version();
        PackageFile { name: name.to_owned(), tree: File { name: package, go_version, decls: out } }
    }
}

/// The name of the package with this import path.
fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
