//! The walk over every type reachable from a package, with the cases that the
//! test case's types need.

use super::plan::Plan;

/// The function `walk`. `ordered` says that some walk takes types in another
/// order than that in which they are reached.
pub fn walk(ordered: bool) -> String {
    let (parameter, take) = if ordered {
        (
            "next func(n int) int, ",
            "\t\ti := 0
		if next != nil {
			i = next(len(work))
		}
		r := work[i]
		if next == nil {
			work = work[1:]
		} else {
			work[i] = work[len(work)-1]
			work = work[:len(work)-1]
		}
",
        )
    } else {
        ("", "\t\tr := work[0]\n\t\twork = work[1:]\n")
    };
    format!(
        "\
// walk visits every type reachable from roots, up to 8 steps away.
func walk(roots []types.Type, {parameter}visit func(types.Type)) {{
	type reached struct {{
		t    types.Type
		away int
	}}
	var work []reached
	seen := make(map[types.Type]bool)
	reach := func(t types.Type, away int) {{
		if _, basic := t.(*types.Basic); t != nil && !basic && !seen[t] && away <= 8 {{
			seen[t] = true
			work = append(work, reached{{t, away}})
		}}
	}}
	for _, t := range roots {{
		reach(t, 0)
	}}
	for n := 0; n < 96 && len(work) > 0; n++ {{
{take}		visit(r.t)
		parts(r.t, func(t types.Type) {{ reach(t, r.away+1) }})
	}}
}}
"
    )
}

/// The function `parts`: the types that a type is made of, in the harness's
/// order.
pub fn parts(plan: &Plan<'_>, go_minor: u32) -> String {
    let has = |words: &[&str]| {
        plan.packages.iter().flat_map(|p| &p.files).any(|f| words.iter().any(|w| f.contains(w)))
    };
    let generic = plan.packages.iter().flat_map(|p| &p.declared).any(|d| d.type_params > 0);
    let mut out = String::from(
        "// parts calls f with the types that t is made of.\nfunc parts(t types.Type, f func(types.Type)) {\n",
    );
    if generic {
        out.push_str(
            "\tif t, ok := t.(interface{ TypeArgs() *types.TypeList }); ok {
		for i := 0; i < t.TypeArgs().Len(); i++ {
			f(t.TypeArgs().At(i))
		}
	}
	if t, ok := t.(interface{ TypeParams() *types.TypeParamList }); ok {
		for i := 0; i < t.TypeParams().Len(); i++ {
			f(t.TypeParams().At(i))
		}
	}
",
        );
    }
    out.push_str("\tswitch t := t.(type) {\n");
    if go_minor >= 23 {
        out.push_str(
            "\tcase *types.Alias:\n\t\tf(t.Rhs())\n\t\tf(types.Unalias(t))\n\t\tf(t.Origin())\n",
        );
    } else if go_minor == 22 {
        out.push_str("\tcase *types.Alias:\n\t\tf(types.Unalias(t))\n");
    }
    out.push_str(
        "\tcase *types.Named:
		f(t.Origin())
		f(t.Underlying())
		for i := 0; i < t.NumMethods(); i++ {
			f(t.Method(i).Type())
		}
",
    );
    let functions = has(&["func", "interface"]) || generic;
    let cases: [(bool, &str); 7] = [
        (has(&["map["]), "\tcase *types.Map:\n\t\tf(t.Key())\n\t\tf(t.Elem())\n"),
        (
            has(&["*", "[]", "chan", "...", "]"]),
            "\tcase interface{ Elem() types.Type }:\n\t\tf(t.Elem())\n",
        ),
        (
            has(&["struct"]),
            "\tcase *types.Struct:\n\t\tfor i := 0; i < t.NumFields(); i++ {\n\t\t\tf(t.Field(i).Type())\n\t\t}\n",
        ),
        (
            functions,
            "\tcase *types.Tuple:
		for i := 0; i < t.Len(); i++ {
			f(t.At(i).Type())
		}
	case *types.Signature:
		if t.Recv() != nil {
			f(t.Recv().Type())
		}
		for i := 0; i < t.RecvTypeParams().Len(); i++ {
			f(t.RecvTypeParams().At(i))
		}
		f(t.Params())
		f(t.Results())
",
        ),
        (
            functions,
            "\tcase *types.Interface:
		for i := 0; i < t.NumEmbeddeds(); i++ {
			f(t.EmbeddedType(i))
		}
		for i := 0; i < t.NumExplicitMethods(); i++ {
			f(t.ExplicitMethod(i).Type())
		}
",
        ),
        (
            has(&["|", "~"]),
            "\tcase *types.Union:\n\t\tfor i := 0; i < t.Len(); i++ {\n\t\t\tf(t.Term(i).Type())\n\t\t}\n",
        ),
        (generic, "\tcase *types.TypeParam:\n\t\tf(t.Constraint())\n"),
    ];
    out.extend(cases.iter().filter(|(wanted, _)| *wanted).map(|(_, text)| *text));
    out.push_str("\t}\n}\n");
    out
}
