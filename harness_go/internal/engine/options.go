package engine

import (
	"fmt"
	"strings"

	"typerace/harness/internal/wire"
)

// options are the parsed words of a request.
type options struct {
	// before and goes are the operations of `before` and of each goroutine.
	before []*call
	goes   [][]*call

	share      shares
	meet       meets
	sequential bool
	answers    bool
	// delivery is how a dependency reaches its importer, and importing how importers differ.
	delivery  string
	importing importing
	// archives are the packages that the compiler under test compiled, by import path.
	archives map[string][]byte
	// keep says that an operation needs the syntax from which packages were checked.
	keep bool
	// comments says that an operation needs the comments in it.
	comments bool
	// foreign says that an operation runs a user's code.
	foreign bool
	// fresh says that the test case is about state that a process computes once.
	fresh bool
	// sense says that writes to shared memory are wanted.
	sense   bool
	resolve bool
}

// shares says what goroutines have in common besides completed packages.
type shares struct {
	fset, context, config, ast          bool
	importer, unlocked                  bool
	info, checker, packages, incomplete bool
	unfinished, interfaces              bool
	parallel, aliases                   bool
	program, analyses                   bool
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
		fresh:      req.Flags&wire.FlagFresh != 0,
		sense:      req.Flags&wire.FlagSense != 0,
	}
	o.delivery = fromSource
	for _, word := range strings.Fields(req.Import) {
		switch word {
		case fromSource, fromExport, fromSynthetic, fromUnified, fromMixed:
			o.delivery = word
		default:
			if !o.importing.read(word) {
				return o, fmt.Errorf("%w: import %q", wire.ErrMalformed, req.Import)
			}
		}
	}
	o.before = readCalls(req.Before)
	o.heed(o.before)
	for _, texts := range req.Go {
		calls := readCalls(texts)
		o.goes = append(o.goes, calls)
		o.heed(calls)
	}
	s, m := &o.share, &o.meet
	for words, known := range map[*[]string]map[string]*bool{
		&req.Share: {
			"fset": &s.fset, "context": &s.context, "config": &s.config, "ast": &s.ast,
			"importer": &s.importer, "importer unlocked": &s.unlocked, "info": &s.info,
			"checker": &s.checker, "package": &s.packages, "incomplete": &s.incomplete,
			"unfinished": &s.unfinished, "interface": &s.interfaces, "alias": &s.aliases,
			"importer parallel": &s.parallel, "program": &s.program, "analyses": &s.analyses,
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
	// A tree's positions belong to the file set into which it was parsed, and a checker has one
	// file set.
	s.fset = s.fset || s.ast || s.checker
	// A Config has one Importer, and a Checker one Config.
	s.importer = s.importer || s.config || s.checker || s.parallel
	// Only an identified goroutine can be made to wait, and without a lock none is identified.
	s.parallel = s.parallel && !s.config && !s.checker && !s.unlocked
	return o, nil
}

// heed notes what operations need.
func (o *options) heed(calls []*call) {
	for _, c := range calls {
		o.keep = o.keep || c.syntax
		o.comments = o.comments || c.comments
		o.foreign = o.foreign || c.foreign
		o.share.program = o.share.program || c.program
	}
}
