//! Type arguments → Go expressions that build them with go/types.

/// Turns names of the test case into expressions.
pub trait Names {
    /// The type of an object: an expression of type `types.Type`, and the
    /// number of its type parameters. `None` if there is no such type.
    fn named(&mut self, package: Option<&str>, name: &str) -> Option<(String, usize)>;
}

/// The expression that builds a type. Text that is not a type becomes int, as in the
/// harness.
pub fn expression(text: &str, names: &mut dyn Names) -> String {
    let mut p = Parser { rest: text.trim(), names, depth: 0 };
    let t = p.form();
    match t {
        Some(t) if p.rest.is_empty() => t,
        _ => INT.to_owned(),
    }
}

const INT: &str = "types.Typ[types.Int]";

struct Parser<'a> {
    rest: &'a str,
    names: &'a mut dyn Names,
    depth: u32,
}

impl Parser<'_> {
    fn take(&mut self, prefix: &str) -> bool {
        match self.rest.strip_prefix(prefix) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> Option<String> {
        let end =
            self.rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-' && c != '~');
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest.trim_start();
        (!word.is_empty()).then(|| word.to_owned())
    }

    fn keyword(&mut self, word: &str) -> bool {
        let follows = self.rest.strip_prefix(word).and_then(|r| r.chars().next());
        if follows.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.' || c == '/') {
            return false;
        }
        self.take(word)
    }

    fn form(&mut self) -> Option<String> {
        self.depth += 1;
        if self.depth > 20 {
            return None;
        }
        let t = self.unbounded();
        self.depth -= 1;
        t
    }

    fn unbounded(&mut self) -> Option<String> {
        if self.take("(") {
            let t = self.form()?;
            return self.take(")").then_some(t);
        }
        if self.take("*") {
            return Some(format!("types.NewPointer({})", self.form()?));
        }
        if self.take("[]") {
            return Some(format!("types.NewSlice({})", self.form()?));
        }
        if self.take("[") {
            let length = self.word()?;
            let n = length.parse::<u32>().ok().filter(|n| *n <= 1 << 20).unwrap_or(1);
            if !self.take("]") {
                return None;
            }
            return Some(format!("types.NewArray({}, {n})", self.form()?));
        }
        if self.take("<-") {
            if !self.keyword("chan") {
                return None;
            }
            return Some(format!("types.NewChan(types.RecvOnly, {})", self.form()?));
        }
        if self.keyword("chan<-") || self.take("chan<-") {
            return Some(format!("types.NewChan(types.SendOnly, {})", self.form()?));
        }
        if self.keyword("chan") {
            return Some(format!("types.NewChan(types.SendRecv, {})", self.form()?));
        }
        if self.take("map[") {
            let key = self.form()?;
            return self
                .take("]")
                .then_some(())
                .and_then(|()| Some(format!("types.NewMap({key}, {})", self.form()?)));
        }
        if self.keyword("func") {
            return self.signature();
        }
        if self.keyword("struct") {
            return self.struct_type();
        }
        if self.keyword("interface") {
            return self.interface();
        }
        self.name()
    }

    fn name(&mut self) -> Option<String> {
        let mut path = vec![self.word()?];
        while self.take("/") {
            path.push(self.word()?);
        }
        let (package, name) = if self.take(".") {
            (Some(path.join("/")), self.word()?)
        } else {
            (None, path.pop().filter(|_| path.is_empty())?)
        };
        let mut args = Vec::new();
        if self.take("[") {
            loop {
                args.push(self.form()?);
                if self.take("]") {
                    break;
                }
                if !self.take(",") {
                    return None;
                }
            }
        }
        let (generic, params) = self.names.named(package.as_deref(), &name)?;
        if params == 0 {
            return Some(generic);
        }
        args.resize(params, INT.to_owned());
        Some(format!("instanceOf({generic}, {})", args.join(", ")))
    }

    fn signature(&mut self) -> Option<String> {
        let (params, variadic) = self.tuple()?;
        let results = if self.rest.starts_with('(') {
            self.tuple()?.0
        } else if self.rest.is_empty() || self.rest.starts_with([',', ')', ']', ';', '}']) {
            "nil".to_owned()
        } else {
            tuple(&[self.form()?])
        };
        Some(format!("types.NewSignatureType(nil, nil, nil, {params}, {results}, {variadic})"))
    }

    /// Parameters without names; type arguments have no others.
    fn tuple(&mut self) -> Option<(String, bool)> {
        if !self.take("(") {
            return None;
        }
        let (mut types, mut variadic) = (Vec::new(), false);
        while !self.take(")") {
            variadic = self.take("...");
            let t = self.form()?;
            types.push(if variadic { format!("types.NewSlice({t})") } else { t });
            if !self.take(",") && !self.rest.starts_with(')') {
                return None;
            }
        }
        Some((tuple(&types), variadic))
    }

    fn struct_type(&mut self) -> Option<String> {
        if !self.take("{") {
            return None;
        }
        let mut fields = Vec::new();
        while !self.take("}") {
            let name = self.word()?;
            let t = self.form()?;
            fields.push(format!("types.NewField(token.NoPos, nil, \"{name}\", {t}, false)"));
            if !self.take(";") && !self.rest.starts_with('}') {
                return None;
            }
        }
        if fields.is_empty() {
            return Some("types.NewStruct(nil, nil)".to_owned());
        }
        Some(format!("types.NewStruct([]*types.Var{{{}}}, nil)", fields.join(", ")))
    }

    fn interface(&mut self) -> Option<String> {
        if !self.take("{") {
            return None;
        }
        let mut methods = Vec::new();
        while !self.take("}") {
            let name = self.word()?;
            let signature = self.signature()?;
            methods.push(format!("types.NewFunc(token.NoPos, nil, \"{name}\", {signature})"));
            if !self.take(";") && !self.rest.starts_with('}') {
                return None;
            }
        }
        let methods = match methods.is_empty() {
            true => "nil".to_owned(),
            false => format!("[]*types.Func{{{}}}", methods.join(", ")),
        };
        Some(format!("types.NewInterfaceType({methods}, nil).Complete()"))
    }
}

fn tuple(types: &[String]) -> String {
    if types.is_empty() {
        return "nil".to_owned();
    }
    let params: Vec<_> =
        types.iter().map(|t| format!("types.NewParam(token.NoPos, nil, \"\", {t})")).collect();
    format!("types.NewTuple({})", params.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Known;

    impl Names for Known {
        fn named(&mut self, package: Option<&str>, name: &str) -> Option<(String, usize)> {
            match (package, name) {
                (None, "int") => Some((INT.to_owned(), 0)),
                (Some("x/lib"), "T") => Some(("T".to_owned(), 0)),
                (Some("lib"), "L") => Some(("L".to_owned(), 2)),
                _ => None,
            }
        }
    }

    #[test]
    fn expressions() {
        let cases = [
            ("int", INT),
            ("(int)", INT),
            ("*x/lib.T", "types.NewPointer(T)"),
            ("[]T", INT),
            ("[3]x/lib.T", "types.NewArray(T, 3)"),
            ("map[int]*x/lib.T", "types.NewMap(types.Typ[types.Int], types.NewPointer(T))"),
            ("chan<-int", "types.NewChan(types.SendOnly, types.Typ[types.Int])"),
            ("<-chan int", "types.NewChan(types.RecvOnly, types.Typ[types.Int])"),
            ("lib.L", "instanceOf(L, types.Typ[types.Int], types.Typ[types.Int])"),
            ("lib.L[x/lib.T]", "instanceOf(L, T, types.Typ[types.Int])"),
            (
                "func(int)x/lib.T",
                "types.NewSignatureType(nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, nil, \"\", types.Typ[types.Int])), types.NewTuple(types.NewParam(token.NoPos, nil, \"\", T)), false)",
            ),
            ("struct{}", "types.NewStruct(nil, nil)"),
            ("interface{}", "types.NewInterfaceType(nil, nil).Complete()"),
            ("int)", INT),
            ("", INT),
            ("[", INT),
        ];
        for (text, want) in cases {
            assert_eq!(expression(text, &mut Known), want, "{text}");
        }
        let deep = "*".repeat(50) + "int";
        assert_eq!(expression(&deep, &mut Known), INT);
    }
}
