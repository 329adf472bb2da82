//go:build xtools

package clients

import (
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/appends"
	"golang.org/x/tools/go/analysis/passes/assign"
	"golang.org/x/tools/go/analysis/passes/bools"
	"golang.org/x/tools/go/analysis/passes/composite"
	"golang.org/x/tools/go/analysis/passes/copylock"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/go/analysis/passes/fieldalignment"
	"golang.org/x/tools/go/analysis/passes/findcall"
	"golang.org/x/tools/go/analysis/passes/ifaceassert"
	"golang.org/x/tools/go/analysis/passes/lostcancel"
	"golang.org/x/tools/go/analysis/passes/modernize"
	"golang.org/x/tools/go/analysis/passes/nilfunc"
	"golang.org/x/tools/go/analysis/passes/nilness"
	"golang.org/x/tools/go/analysis/passes/pkgfact"
	"golang.org/x/tools/go/analysis/passes/printf"
	"golang.org/x/tools/go/analysis/passes/shadow"
	"golang.org/x/tools/go/analysis/passes/shift"
	"golang.org/x/tools/go/analysis/passes/stdmethods"
	"golang.org/x/tools/go/analysis/passes/stringintconv"
	"golang.org/x/tools/go/analysis/passes/structtag"
	"golang.org/x/tools/go/analysis/passes/unreachable"
	"golang.org/x/tools/go/analysis/passes/unsafeptr"
	"golang.org/x/tools/go/analysis/passes/unusedresult"
	"golang.org/x/tools/go/analysis/passes/unusedwrite"
	"golang.org/x/tools/go/analysis/passes/usesgenerics"
)

// analyzers are the analyzers by the name of their package. They are those of vet and the public
// ones of gopls that have something to do in packages that import nothing of the standard library,
// and the examples of facts. inline is missing: it brings encoding/gob and makes the harness a
// megabyte larger. src/scenario/analyzers.rs has the same list.
var analyzers = map[string][]*analysis.Analyzer{
	"appends":        {appends.Analyzer},
	"assign":         {assign.Analyzer},
	"bools":          {bools.Analyzer},
	"composite":      {composite.Analyzer},
	"copylock":       {copylock.Analyzer},
	"ctrlflow":       {ctrlflow.Analyzer},
	"fieldalignment": {fieldalignment.Analyzer},
	"findcall":       {findcall.Analyzer},
	"ifaceassert":    {ifaceassert.Analyzer},
	"lostcancel":     {lostcancel.Analyzer},
	"modernize":      modernize.Suite,
	"nilfunc":        {nilfunc.Analyzer},
	"nilness":        {nilness.Analyzer},
	"pkgfact":        {pkgfact.Analyzer},
	"printf":         {printf.Analyzer},
	"shadow":         {shadow.Analyzer},
	"shift":          {shift.Analyzer},
	"stdmethods":     {stdmethods.Analyzer},
	"stringintconv":  {stringintconv.Analyzer},
	"structtag":      {structtag.Analyzer},
	"unreachable":    {unreachable.Analyzer},
	"unsafeptr":      {unsafeptr.Analyzer},
	"unusedresult":   {unusedresult.Analyzer},
	"unusedwrite":    {unusedwrite.Analyzer},
	"usesgenerics":   {usesgenerics.Analyzer},
}

// HasAnalyzer reports whether there is an analyzer of that name.
func HasAnalyzer(name string) bool { return analyzers[name] != nil }
