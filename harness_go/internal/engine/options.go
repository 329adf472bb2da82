package engine

import (
	"fmt"

	"typerace/harness/internal/wire"
)

// options are a request's words, read.
type options struct {
	share      shares
	meet       meets
	sequential bool
	answers    bool
	resolve    bool
}

// shares says what goroutines have in common beside completed packages.
type shares struct {
	fset, context, config, ast          bool
	importer, unlocked                  bool
	info, checker, packages, incomplete bool
}

// meets says where goroutines wait for one another.
type meets struct {
	start, imports, errors, operation bool
}

func readOptions(req *wire.RunRequest) (options, error) {
	o := options{
		sequential: req.Flags&wire.FlagSequential != 0,
		answers:    req.Flags&wire.FlagAnswers != 0,
		resolve:    req.Flags&wire.FlagResolutions != 0,
	}
	if req.Import != "" && req.Import != "source" {
		return o, fmt.Errorf("%w: import %q", wire.ErrMalformed, req.Import)
	}
	s, m := &o.share, &o.meet
	for words, known := range map[*[]string]map[string]*bool{
		&req.Share: {
			"fset": &s.fset, "context": &s.context, "config": &s.config, "ast": &s.ast,
			"importer": &s.importer, "importer unlocked": &s.unlocked, "info": &s.info,
			"checker": &s.checker, "package": &s.packages, "incomplete": &s.incomplete,
		},
		&req.Meet: {
			"start": &m.start, "import": &m.imports, "error": &m.errors, "operation": &m.operation,
		},
	} {
		for _, w := range *words {
			flag, ok := known[w]
			if !ok {
				return o, fmt.Errorf("%w: unknown word %q", wire.ErrMalformed, w)
			}
			*flag = true
		}
	}
	// A tree's positions are of the file set that it was parsed into, and a
	// checker has one file set.
	s.fset = s.fset || s.ast || s.checker
	// A Config has one Importer, and a Checker one Config.
	s.importer = s.importer || s.config || s.checker
	return o, nil
}
