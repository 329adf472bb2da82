//! Types, and type arguments that satisfy constraints as far as syntax shows.

use super::{Args, Asks, is_type};
use crate::edit::references::mentions;
use crate::goast::build::{
    array_of, chan_of, field, func_type, ident, instance, int, interface_of, map_of, slice_of,
    split_instance, star, struct_of, unnamed,
};
use crate::goast::scope::{Object, ObjectKind};
use crate::goast::walk::walk_expr_mut;
use crate::goast::{Ellipsis, Expr, Field, FuncType, InterfaceType, Role, Token, VisitorMut};

/// Predeclared types. Each compares, and is the type of some variable in most programs.
const BASIC: [&str; 6] = ["int", "string", "bool", "float64", "byte", "error"];

/// How many declared constraints lead from one to the next before the search ends.
const CHAIN: usize = 4;

impl<'a> Asks<'_, 'a> {
    /// A type with at most this many levels.
    pub(super) fn typ(&mut self, depth: usize) -> Expr {
        let Some(less) = depth.checked_sub(1) else { return self.plain() };
        match self.rng.below(14) {
            0 | 1 => self.basic(),
            2..7 => self.declared(less).unwrap_or_else(|| self.basic()),
            7 => star(self.typ(less)),
            8 => slice_of(self.typ(less)),
            9 => array_of(int(self.rng.between(1, 9) as u64), self.typ(less)),
            10 => map_of(self.comparable(), self.typ(less)),
            11 => Expr::FuncType(self.func_type(less, false)),
            12 => self.structure(less),
            _ => self.interface(less),
        }
    }

    pub(super) fn basic(&mut self) -> Expr {
        ident(*self.rng.choose(&BASIC).unwrap_or(&"int"))
    }

    /// A type without parts.
    fn plain(&mut self) -> Expr {
        let declared = self.object(|n, o| is_type(n, o) && o.type_params.is_empty());
        match declared {
            Some((name, _)) if self.rng.chance(60) => ident(name),
            _ => self.basic(),
        }
    }

    /// A declared type, instantiated if it is generic.
    pub(super) fn declared(&mut self, depth: usize) -> Option<Expr> {
        let generic = self.rng.chance(70);
        let fits = |n: &str, o: &Object| is_type(n, o) && o.type_params.is_empty() != generic;
        let (name, o) = match self.object(fits) {
            Some(found) => found,
            None => self.object(is_type)?,
        };
        Some(self.instance_of(name, o, depth).0)
    }

    /// A declared type or function with type arguments for all its parameters.
    pub(super) fn instance_of(&mut self, name: &str, o: &Object, depth: usize) -> (Expr, Args) {
        let args = self.args(&o.type_params, depth);
        let list = o.type_params.iter().filter_map(|(p, _)| args.get(p).cloned()).collect();
        (instance(ident(name), list), args)
    }

    /// A type argument for each parameter.
    pub(super) fn args(&mut self, params: &[(String, Expr)], depth: usize) -> Args {
        let mut args = Args::new();
        let depends = |e: &Expr| params.iter().any(|(name, _)| mentions(e, name));
        // Parameters on which other parameters' constraints depend come first.
        for pass in [false, true] {
            for (name, constraint) in params.iter().filter(|(_, c)| depends(c) == pass) {
                let arg = self.argument(&substitute(constraint, &args), depth, CHAIN);
                args.insert(name.clone(), arg);
            }
        }
        args
    }

    /// A type that satisfies a constraint, where that is easy to see.
    fn argument(&mut self, constraint: &Expr, depth: usize, chain: usize) -> Expr {
        let Some(chain) = chain.checked_sub(1) else { return ident("int") };
        match constraint {
            Expr::Ident(n) if n.0 == "any" => self.typ(depth),
            Expr::Ident(n) if n.0 == "comparable" => self.comparable(),
            Expr::Ident(_) | Expr::IndexExpr(_) | Expr::IndexListExpr(_) => {
                self.named_argument(constraint, depth, chain)
            }
            Expr::ParenExpr(p) => self.argument(&p.x, depth, chain),
            Expr::BinaryExpr(x) if x.op == Token::Or => {
                let side = if self.rng.chance(50) { &x.x } else { &x.y };
                self.argument(side, depth, chain)
            }
            Expr::UnaryExpr(x) if x.op == Token::Tilde => (*x.x).clone(),
            Expr::InterfaceType(i) => self.interface_argument(i, depth, chain),
            // It is declared in a package whose trees are not at hand.
            Expr::SelectorExpr(_) => ident("int"),
            term => term.clone(),
        }
    }

    fn named_argument(&mut self, constraint: &Expr, depth: usize, chain: usize) -> Expr {
        let (name, given) = split_instance(constraint);
        let object = name.as_ident().and_then(|name| self.scope.objects.get(name));
        let Some((object, typ)) = object.and_then(|o| o.typ.as_ref().map(|t| (o, t))) else {
            return constraint.clone(); // a predeclared type
        };
        let params = object.type_params.iter().map(|(name, _)| name.clone());
        let bound: Args = params.zip(given.into_iter().cloned()).collect();
        match typ {
            Expr::InterfaceType(_) => self.argument(&substitute(typ, &bound), depth, chain),
            _ if object.constraint || object.alias => {
                self.argument(&substitute(typ, &bound), depth, chain)
            }
            _ => constraint.clone(),
        }
    }

    fn interface_argument(&mut self, i: &InterfaceType, depth: usize, chain: usize) -> Expr {
        let methods: Vec<&str> =
            i.methods.iter().flat_map(|m| &m.names).map(|n| n.0.as_str()).collect();
        if !methods.is_empty() {
            return self
                .implementer(&methods, depth)
                .unwrap_or_else(|| Expr::InterfaceType(i.clone()));
        }
        // A term list says more than `comparable` beside it.
        let says = |m: &&Field| !matches!(m.typ.as_ident(), Some("any" | "comparable"));
        match i.methods.iter().find(says).or(i.methods.first()) {
            Some(element) => self.argument(&element.typ, depth, chain),
            None => self.typ(depth),
        }
    }

    /// A declared type that has methods of these names.
    fn implementer(&mut self, names: &[&str], depth: usize) -> Option<Expr> {
        let scope = self.scope;
        let all: Vec<_> = scope
            .methods
            .iter()
            .filter(|(_, m)| names.iter().all(|n| m.contains_key(*n)))
            .filter_map(|(base, m)| scope.objects.get_key_value(base).map(|(n, o)| (n, o, m)))
            .collect();
        let &(name, object, methods) = self.rng.choose(&all)?;
        let pointer = names.iter().any(|n| methods.get(*n).is_some_and(|m| m.pointer));
        // Its type arguments may need an implementer as well: the levels must run out.
        let depth = if object.type_params.is_empty() { 0 } else { depth.checked_sub(1)? };
        let t = self.instance_of(name, object, depth).0;
        Some(if pointer { star(t) } else { t })
    }

    /// A type whose values compare.
    pub(super) fn comparable(&mut self) -> Expr {
        match self.rng.below(6) {
            0 => star(self.plain()),
            1 => array_of(int(self.rng.between(1, 9) as u64), self.basic()),
            2 => chan_of(self.plain()),
            3 => struct_of(vec![field("k", self.basic())]),
            _ => self.basic(),
        }
    }

    /// The type of a function; `named` if it will have a body.
    pub(super) fn func_type(&mut self, depth: usize, named: bool) -> FuncType {
        let mut params: Vec<Field> = (0..self.rng.below(3))
            .map(|_| {
                let t = self.typ(depth);
                if named { field(self.fresh("p"), t) } else { unnamed(t) }
            })
            .collect();
        if let Some(last) = params.last_mut()
            && self.rng.chance(15)
        {
            last.typ = Expr::Ellipsis(Ellipsis { elt: Some(Box::new(last.typ.clone())) });
        }
        let results = (0..self.rng.below(3)).map(|_| unnamed(self.typ(depth))).collect();
        func_type(params, results)
    }

    /// A struct type, now and then with an embedded field.
    pub(super) fn structure(&mut self, depth: usize) -> Expr {
        let mut fields: Vec<Field> = (0..self.rng.between(1, 2))
            .map(|i| field(["f", "g"][i % 2], self.typ(depth)))
            .collect();
        if self.rng.chance(25)
            && let Some((name, o)) = self.object(embeddable)
        {
            fields.push(unnamed(self.instance_of(name, o, depth).0));
        }
        struct_of(fields)
    }

    /// An interface type with methods, now and then with an embedded interface.
    pub(super) fn interface(&mut self, depth: usize) -> Expr {
        let mut methods: Vec<Field> = (0..self.rng.between(1, 2))
            .map(|i| {
                let t = Expr::FuncType(self.func_type(depth, false));
                field(["Ask", "Tell"][i % 2], t)
            })
            .collect();
        if self.rng.chance(25)
            && let Some((name, o)) =
                self.object(|n, o| is_type(n, o) && matches!(o.typ, Some(Expr::InterfaceType(_))))
        {
            methods.push(unnamed(self.instance_of(name, o, depth).0));
        }
        interface_of(methods)
    }
}

/// Whether it may be an embedded field, as far as syntax shows.
fn embeddable(name: &str, o: &Object) -> bool {
    o.kind == ObjectKind::TypeName
        && is_type(name, o)
        && !o.alias
        && matches!(o.typ, Some(Expr::StructType(_) | Expr::InterfaceType(_)))
}

/// The expression with type arguments in place of type parameters.
pub(super) fn substitute(e: &Expr, args: &Args) -> Expr {
    struct Replace<'a>(&'a Args);
    impl VisitorMut for Replace<'_> {
        fn expr(&mut self, e: &mut Expr, role: Role) {
            match e.as_ident().and_then(|name| self.0.get(name)) {
                Some(arg) => *e = arg.clone(),
                None => walk_expr_mut(self, e, role),
            }
        }
    }
    let mut e = e.clone();
    Replace(args).expr(&mut e, Role::Type);
    e
}
