//! Names in type arguments → expressions.

use super::goroutine::Goroutine;
use super::text::type_of;
use super::type_args::Names;
use crate::scenario::ObjectRef;

/// The types that have names of their own in `types.Typ`.
const BASIC: [&str; 17] = [
    "bool",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uintptr",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "string",
];

/// A goroutine, and the package whose types need no qualifier.
impl Names for (&mut Goroutine<'_, '_>, usize) {
    fn named(&mut self, package: Option<&str>, name: &str) -> Option<(String, usize)> {
        let (goroutine, own) = self;
        let plan = goroutine.cx.plan;
        let (i, declared) = match package {
            Some(path) => {
                let target = ObjectRef { package: path.to_owned(), object: name.to_owned() };
                plan.object(&target, |_| true).filter(|(_, d)| d.is_type)?
            }
            None => match plan.packages[*own].declared.iter().find(|d| d.name == name && d.is_type)
            {
                Some(declared) => (*own, declared),
                None if BASIC.contains(&name) => {
                    let upper = name[..1].to_uppercase() + &name[1..];
                    return Some((format!("types.Typ[types.{upper}]"), 0));
                }
                None if ["any", "error", "comparable", "rune", "byte"].contains(&name) => {
                    return Some((format!("types.Universe.Lookup(\"{name}\").Type()"), 0));
                }
                None => return None,
            },
        };
        if declared.type_params > 0 {
            goroutine.uses.helper("instanceOf");
        }
        let pkg = goroutine.package(i);
        Some((type_of(&pkg, &declared.name), declared.type_params))
    }
}
