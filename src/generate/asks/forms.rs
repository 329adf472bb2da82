//! The forms of expressions, with their weights.

use super::types::substitute;
use super::{Args, Asks, is_type};
use crate::edit::references::mentions;
use crate::goast::build::{
    array_of, binary, call, composite, convert, field, func_type, ident, instance, int, key_value,
    lit, map_of, new, operand_type, paren, selector, slice_of, star, struct_of, unnamed, zero,
};
use crate::goast::scope::{Method, Object, ObjectKind, flatten};
use crate::goast::{Expr, LitKind, StructType, Token, TypeAssertExpr};

/// A form of expressions.
#[derive(Debug)]
pub struct Form {
    /// What it is, for tests and people.
    pub name: &'static str,
    /// How often it is chosen.
    pub weight: u32,
    /// Makes one; `None` if the package lacks what it takes.
    pub(super) make: fn(&mut Asks<'_, '_>) -> Option<Expr>,
}

const fn form(
    weight: u32,
    name: &'static str,
    make: fn(&mut Asks<'_, '_>) -> Option<Expr>,
) -> Form {
    Form { name, weight, make }
}

/// Every form. Those that make types or open scopes are the most frequent: they are what an
/// evaluation could leave in the package.
// A method's path is not general enough in its lifetimes for a table.
#[allow(clippy::redundant_closure_for_method_calls)]
pub const FORMS: &[Form] = &[
    form(4, "name", |a| Some(ident(a.object(|_, o| o.type_params.is_empty())?.0))),
    form(2, "new", |a| Some(new(a.typ(1)))),
    form(6, "function type", |a| {
        let named = a.rng.chance(50);
        Some(Expr::FuncType(a.func_type(1, named)))
    }),
    form(10, "function literal", |a| a.function()),
    form(3, "called literal", |a| {
        let typ = func_type(Vec::new(), vec![unnamed(a.typ(1))]);
        Some(call(a.literal(typ, 1), Vec::new()))
    }),
    form(10, "literal of an instance", |a| a.composite_instance()),
    form(10, "several instances", |a| a.instances()),
    form(6, "call with type arguments", |a| a.generic_call(true)),
    form(6, "call without type arguments", |a| a.generic_call(false)),
    form(3, "instance of a function", |a| a.function_instance()),
    form(3, "call", |a| {
        let (name, o) = a.object(|_, o| is_func(o) && o.type_params.is_empty())?;
        let args = a.arguments(o, &Args::new())?;
        Some(call(ident(name), args))
    }),
    form(5, "conversion", |a| a.conversion()),
    form(4, "struct", |a| {
        let t = a.structure(1);
        Some(if a.rng.chance(50) { composite(t, Vec::new()) } else { t })
    }),
    form(6, "interface", |a| a.interface_value()),
    form(4, "method expression", |a| a.method_expression()),
    form(4, "method value", |a| a.method_value()),
    form(3, "field", |a| a.field()),
    form(3, "constant", |a| a.constant()),
    form(3, "assertion", |a| {
        let any = call(ident("any"), vec![zero(a.typ(1))]);
        let typ = Some(Box::new(a.typ(2)));
        Some(Expr::TypeAssertExpr(TypeAssertExpr { x: Box::new(any), typ }))
    }),
    form(3, "elements", |a| a.elements()),
    form(2, "type", |a| Some(a.typ(2))),
];

fn is_func(o: &Object) -> bool {
    o.kind == ObjectKind::Func
}

impl Asks<'_, '_> {
    fn function(&mut self) -> Option<Expr> {
        let typ = self.func_type(1, true);
        Some(self.literal(typ, 2))
    }

    /// `T[A]{}`, or `*new(T[A])` for a type without literals.
    fn composite_instance(&mut self) -> Option<Expr> {
        let (name, o) = self.object(|n, o| is_type(n, o) && !o.type_params.is_empty())?;
        let (t, args) = self.instance_of(name, o, 2);
        if !self.has_literals(&t) {
            return Some(zero(t));
        }
        let mut elements = Vec::new();
        if let Some(Expr::StructType(s)) = &o.typ
            && self.rng.chance(50)
        {
            elements = self.keyed(s, &args);
        }
        Some(composite(t, elements))
    }

    /// A struct of two to four instances. Its evaluation makes all of them, and several readers
    /// of the result may complete different ones at the same time.
    fn instances(&mut self) -> Option<Expr> {
        let mut fields = Vec::new();
        for _ in 0..self.rng.between(2, 4) {
            let (name, o) = self.object(|n, o| is_type(n, o) && !o.type_params.is_empty())?;
            let t = self.instance_of(name, o, 1).0;
            fields.push(field(self.fresh("f"), t));
        }
        Some(composite(struct_of(fields), Vec::new()))
    }

    /// One field of a struct with its value.
    fn keyed(&mut self, s: &StructType, args: &Args) -> Vec<Expr> {
        let fields: Vec<(&str, &Expr)> = s
            .fields
            .iter()
            .flat_map(|f| f.names.iter().map(|n| (n.0.as_str(), &f.typ)))
            .filter(|(name, typ)| *name != "_" && self.visible(typ))
            .collect();
        let Some(&(name, typ)) = self.rng.choose(&fields) else { return Vec::new() };
        vec![key_value(ident(name), self.value(substitute(typ, args), 1))]
    }

    /// Values for the parameters of a function; `None` if one has a type that is not visible.
    fn arguments(&mut self, o: &Object, args: &Args) -> Option<Vec<Expr>> {
        let Some(Expr::FuncType(f)) = &o.typ else { return None };
        let mut values = Vec::new();
        for p in &f.params {
            if !self.visible(&p.typ) {
                return None;
            }
            let (t, n) = match &p.typ {
                Expr::Ellipsis(e) => (e.elt.as_deref()?, self.rng.below(2)),
                t => (t, p.names.len().max(1)),
            };
            for _ in 0..n {
                values.push(self.value(substitute(t, args), 1));
            }
        }
        Some(values)
    }

    fn generic_call(&mut self, explicit: bool) -> Option<Expr> {
        let (name, o) = self.object(|_, o| is_func(o) && !o.type_params.is_empty())?;
        let args = self.args(&o.type_params, 1);
        let values = self.arguments(o, &args)?;
        let Some(Expr::FuncType(f)) = &o.typ else { return None };
        let inferred = |(param, _): &(String, Expr)| {
            let fixed = f.params.iter().filter(|p| !matches!(p.typ, Expr::Ellipsis(_)));
            fixed.into_iter().any(|p| mentions(&p.typ, param))
        };
        // Trailing type arguments that can be inferred may be left out.
        let needed = o.type_params.iter().rposition(|p| !inferred(p)).map_or(0, |i| i + 1);
        let written = match explicit {
            true => self.rng.between(needed.max(1), o.type_params.len()),
            false => needed,
        };
        let params = o.type_params.iter().take(written);
        let list = params.filter_map(|(p, _)| args.get(p).cloned()).collect();
        Some(call(instance(ident(name), list), values))
    }

    fn function_instance(&mut self) -> Option<Expr> {
        let (name, o) = self.object(|_, o| is_func(o) && !o.type_params.is_empty())?;
        Some(self.instance_of(name, o, 1).0)
    }

    fn conversion(&mut self) -> Option<Expr> {
        Some(match self.rng.below(4) {
            0 => {
                let (name, o) = self.object(is_type)?;
                let (t, args) = self.instance_of(name, o, 1);
                let typ = o.typ.as_ref().filter(|t| self.visible(t))?;
                convert(t, zero(substitute(typ, &args)))
            }
            1 => convert(star(self.typ(1)), ident("nil")),
            2 => convert(slice_of(self.typ(1)), ident("nil")),
            _ => {
                let value = zero(self.typ(2));
                convert(ident("any"), value)
            }
        })
    }

    fn interface_value(&mut self) -> Option<Expr> {
        let t = self.interface(1);
        Some(match self.rng.below(3) {
            0 => t,
            1 => convert(t, ident("nil")),
            _ => slice_of(t),
        })
    }

    /// A declared type with a method.
    fn method(&mut self) -> Option<(Expr, String, Method)> {
        let scope = self.scope;
        let all: Vec<_> = scope
            .methods
            .iter()
            .filter_map(|(base, methods)| Some((scope.objects.get_key_value(base)?, methods)))
            .flat_map(|(of, methods)| methods.iter().map(move |(name, m)| (of, name, m)))
            .collect();
        let &((base, o), name, method) = self.rng.choose(&all)?;
        let t = self.instance_of(base, o, 1).0;
        Some((t, name.clone(), method.clone()))
    }

    /// A method with type arguments, if it has type parameters of its own.
    fn selected(&mut self, x: Expr, name: String, method: &Method) -> Expr {
        let params = match &method.typ {
            Expr::FuncType(f) => flatten(&f.type_params),
            _ => Vec::new(),
        };
        let args = self.args(&params, 1);
        let list = params.iter().filter_map(|(p, _)| args.get(p).cloned()).collect();
        instance(selector(x, name), list)
    }

    fn method_expression(&mut self) -> Option<Expr> {
        let (t, name, method) = self.method()?;
        let recv = if method.pointer { paren(star(t)) } else { operand_type(t) };
        Some(self.selected(recv, name, &method))
    }

    fn method_value(&mut self) -> Option<Expr> {
        let (t, name, method) = self.method()?;
        Some(self.selected(new(t), name, &method))
    }

    fn field(&mut self) -> Option<Expr> {
        let is_struct = |n: &str, o: &Object| {
            is_type(n, o)
                && matches!(&o.typ, Some(Expr::StructType(s)) if s.fields.iter().any(|f| !f.names.is_empty()))
        };
        let (name, o) = self.object(is_struct)?;
        let Some(Expr::StructType(s)) = &o.typ else { return None };
        let names: Vec<&str> = s
            .fields
            .iter()
            .flat_map(|f| &f.names)
            .map(|n| n.0.as_str())
            .filter(|n| *n != "_")
            .collect();
        let field = *self.rng.choose(&names)?;
        Some(selector(new(self.instance_of(name, o, 1).0), field))
    }

    fn constant(&mut self) -> Option<Expr> {
        let declared = self.object(|_, o| o.kind == ObjectKind::Const);
        let n = int(self.rng.between(1, 9) as u64);
        Some(match (declared, self.rng.below(3)) {
            (Some((name, _)), 0) => ident(name),
            (_, 1) => binary(int(1), Token::Shl, n),
            _ => {
                let t = self.typ(1);
                binary(
                    call(ident("len"), vec![composite(array_of(n, t), Vec::new())]),
                    Token::Add,
                    int(1),
                )
            }
        })
    }

    /// A slice, map or struct of a type made here, with an element.
    fn elements(&mut self) -> Option<Expr> {
        let t = self.typ(1);
        let value = self.value(t.clone(), 1);
        Some(match self.rng.below(3) {
            0 => composite(slice_of(t), vec![value]),
            1 => composite(
                map_of(ident("string"), t),
                vec![key_value(lit(LitKind::String, "\"k\""), value)],
            ),
            _ => {
                let s = struct_of(vec![field("f", t)]);
                composite(s, vec![key_value(ident("f"), value)])
            }
        })
    }
}
