//! Everything that a program declares, with its types by number.

use std::hash::{Hash, Hasher};

use super::model::{
    Basic, Constant, DeclId, Function, Kind, Param, ParamId, Type, TypeDecl, TypeId, Variable,
};

const BUCKETS: usize = 256;

/// Frequently needed facts about a type, computed once.
#[derive(Clone, Copy, Debug)]
struct Facts {
    has_param: bool,
    has_alias: bool,
}

/// Everything declared so far, over all packages of a program.
#[derive(Debug)]
pub(super) struct World {
    types: Vec<Type>,
    facts: Vec<Facts>,
    chain: Vec<u32>,
    heads: [u32; BUCKETS],
    pub decls: Vec<TypeDecl>,
    pub params: Vec<Param>,
    pub funcs: Vec<Function>,
    pub vars: Vec<Variable>,
    /// By package.
    pub consts: Vec<Vec<Constant>>,
}

/// A multiplicative hash. It affects speed only, never the order.
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 >> 48
    }
    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.write_u64(u64::from(b));
        }
    }
    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
}

impl World {
    /// An empty world; [`Basic`] types have fixed ids.
    pub fn new() -> Self {
        let mut w = Self {
            types: Vec::with_capacity(128),
            facts: Vec::with_capacity(128),
            chain: Vec::with_capacity(128),
            heads: [u32::MAX; BUCKETS],
            decls: Vec::new(),
            params: Vec::new(),
            funcs: Vec::new(),
            vars: Vec::new(),
            consts: Vec::new(),
        };
        w.basic(Basic::Any);
        w
    }

    /// Clears the world but keeps its memory: allocation is most of the cost of a small program.
    pub fn clear(&mut self) {
        self.types.clear();
        self.facts.clear();
        self.chain.clear();
        self.heads.fill(u32::MAX);
        self.decls.clear();
        self.params.clear();
        self.funcs.clear();
        self.vars.clear();
        self.consts.clear();
        self.basic(Basic::Any);
    }

    /// The id of a structure.
    pub fn intern(&mut self, t: Type) -> TypeId {
        let mut h = Mix(0);
        t.hash(&mut h);
        let bucket = h.finish() as usize % BUCKETS;
        let mut at = self.heads[bucket];
        while at != u32::MAX {
            if self.types[at as usize] == t {
                return TypeId(at);
            }
            at = self.chain[at as usize];
        }
        let facts = self.facts_of(&t);
        let id = self.types.len() as u32;
        self.types.push(t);
        self.facts.push(facts);
        self.chain.push(self.heads[bucket]);
        self.heads[bucket] = id;
        TypeId(id)
    }

    fn facts_of(&self, t: &Type) -> Facts {
        let mut f = Facts { has_param: false, has_alias: false };
        let mut add = |id: TypeId| {
            let g = self.facts[id.0 as usize];
            f.has_param |= g.has_param;
            f.has_alias |= g.has_alias;
        };
        match t {
            Type::Basic(_) | Type::Param(_) => {}
            Type::Named(_, args) => args.iter().copied().for_each(add),
            Type::Pointer(e) | Type::Slice(e) | Type::Array(_, e) | Type::Chan(_, e) => add(*e),
            Type::Map(k, v) => [*k, *v].into_iter().for_each(add),
            Type::Func(s) => s.params.iter().chain(&s.results).copied().for_each(add),
            Type::Struct(fields) => fields.iter().map(|f| f.typ).for_each(add),
            Type::Interface(i) => {
                for (_, s) in &i.methods {
                    s.params.iter().chain(&s.results).copied().for_each(&mut add);
                }
                i.embeds.iter().copied().for_each(&mut add);
                i.terms.iter().map(|t| t.1).for_each(add);
            }
        }
        match t {
            Type::Param(_) => f.has_param = true,
            Type::Named(d, _) => f.has_alias |= self.decl(*d).kind == Kind::Alias,
            Type::Basic(Basic::Byte | Basic::Rune) => f.has_alias = true,
            _ => {}
        }
        f
    }

    /// The structure of a type. Clones are cheap: the parts are shared.
    pub fn get(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize]
    }

    /// Whether a type parameter occurs in it.
    pub fn has_param(&self, id: TypeId) -> bool {
        self.facts[id.0 as usize].has_param
    }

    /// Whether an alias occurs in it.
    pub fn has_alias(&self, id: TypeId) -> bool {
        self.facts[id.0 as usize].has_alias
    }

    /// A declaration.
    pub fn decl(&self, id: DeclId) -> &TypeDecl {
        &self.decls[id.0 as usize]
    }

    /// A declaration, mutably, so that it can be filled.
    pub fn decl_mut(&mut self, id: DeclId) -> &mut TypeDecl {
        &mut self.decls[id.0 as usize]
    }

    /// A type parameter.
    pub fn param(&self, id: ParamId) -> &Param {
        &self.params[id.0 as usize]
    }

    /// A new type parameter.
    pub fn new_param(&mut self, name: &'static str, constraint: TypeId) -> ParamId {
        self.params.push(Param { name, constraint });
        ParamId(self.params.len() as u32 - 1)
    }

    /// A predeclared type.
    pub fn basic(&mut self, b: Basic) -> TypeId {
        self.intern(Type::Basic(b))
    }

    /// `*t`
    pub fn pointer(&mut self, t: TypeId) -> TypeId {
        self.intern(Type::Pointer(t))
    }

    /// `[]t`
    pub fn slice(&mut self, t: TypeId) -> TypeId {
        self.intern(Type::Slice(t))
    }

    /// A type parameter as a type.
    pub fn param_type(&mut self, p: ParamId) -> TypeId {
        self.intern(Type::Param(p))
    }

    /// A declared type or an instance of one.
    pub fn named(&mut self, d: DeclId, args: Vec<TypeId>) -> TypeId {
        self.intern(Type::Named(d, args.into()))
    }

    /// A declared type with its own parameters as arguments, the form that a receiver has.
    pub fn generic(&mut self, d: DeclId) -> TypeId {
        let params = self.decl(d).params.clone();
        let args = params.iter().map(|&p| self.param_type(p)).collect();
        self.named(d, args)
    }
}
