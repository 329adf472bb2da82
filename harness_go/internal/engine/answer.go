package engine

import (
	"fmt"
	"go/types"
	"sort"
	"strconv"
	"strings"

	"typerace/harness/internal/wire"
)

// answer is what an operation learned. It holds the values that the API returned, and becomes text
// only after the goroutines have ended, because printing a type uses the type.
type answer struct {
	op   int
	what string
	// subject is the subject of the question: strings and types.
	subject []any
	// parts are what was learned: strings, booleans, numbers, types, objects.
	parts []any
	// note is for people, and never compared.
	note string
}

const (
	// maxParts bounds the number of parts that a goroutine keeps.
	maxParts = 1 << 16
	// maxAnswers bounds the bytes of a goroutine's answers.
	maxAnswers = 1 << 20
)

// answer keeps an answer.
func (g *goroutine) answer(what string, subject []any, parts []any, note string) {
	if g.size += 1 + len(subject) + len(parts); g.size <= maxParts {
		g.answers = append(g.answers, answer{g.op, what, subject, parts, note})
	}
}

// answerCheck makes an answer from what a check reported and declared.
func (g *goroutine) answerCheck(record *checked, pkg *types.Package) {
	scope := pkg.Scope()
	g.answer("errors", []any{pkg.Path()}, []any{record.all}, "")
	g.answer("scope", []any{pkg.Path()}, []any{strings.Join(names(scope), " ")}, "")
	for _, name := range names(scope) {
		g.answer("declares", []any{pkg.Path() + "." + name}, []any{scope.Lookup(name)}, "")
	}
}

// answerTexts returns the answers of a goroutine that has ended.
func (g *goroutine) answerTexts() []wire.Answer {
	var texts []wire.Answer
	bytes := 0
	for _, a := range g.answers {
		text := wire.Answer{Operation: uint32(a.op), Note: a.note}
		var subject []string
		for _, s := range a.subject {
			subject = append(subject, subjectText(s))
		}
		text.Subject = a.what + " " + strings.Join(subject, ", ")
		for _, p := range a.parts {
			if errs, ok := p.([]types.Error); ok {
				text.Value, text.Note = errorTexts(errs)
				continue
			}
			text.Value = append(text.Value, partText(p))
		}
		bytes += len(text.Subject) + len(text.Note)
		for _, v := range text.Value {
			bytes += len(v)
		}
		if bytes > maxAnswers {
			break
		}
		texts = append(texts, text)
	}
	return texts
}

// subjectText names the subject of a question. Two spellings of identical types are two subjects,
// because, for example, their explicit methods may differ.
func subjectText(s any) string {
	t, ok := s.(types.Type)
	if !ok {
		return partText(s)
	}
	return guarded(func() string {
		text := canonicalType(t)
		switch t.(type) {
		case *types.Named, *types.Basic:
			return text
		}
		if spelled := types.TypeString(t, nil); spelled != text {
			text += " = " + spelled
		}
		return text
	})
}

// partText is the text of a part of an answer.
func partText(p any) string {
	return guarded(func() string {
		switch p := p.(type) {
		case nil:
			return "nil"
		case string:
			return p
		case bool:
			return strconv.FormatBool(p)
		case int64:
			return strconv.FormatInt(p, 10)
		case types.Type:
			return canonicalType(p)
		case types.Object:
			return canonicalObject(p)
		}
		return fmt.Sprintf("a %T", p)
	})
}

// guarded turns a panic into text: a type that cannot be printed is also an answer.
func guarded(text func() string) (s string) {
	defer func() {
		if v := recover(); v != nil {
			s = "panic: " + fmt.Sprint(v)
		}
	}()
	return text()
}

// errorTexts returns a check's errors in the order of their positions, as place and code. The
// messages, which spell types, are in the note. Of several cycles of instances, go/types reports
// one at random, so these have no place and count once.
func errorTexts(errs []types.Error) (texts []string, note string) {
	var messages []string
	cycle := false
	for _, err := range errs {
		messages = append(messages, err.Error())
		code := errorCode(err)
		if code == "InvalidInstanceCycle" {
			cycle = true
			continue
		}
		texts = append(texts, code+" at "+errorPlace(err))
	}
	if cycle {
		texts = append(texts, "InvalidInstanceCycle")
	}
	sort.Strings(texts)
	return texts, strings.Join(messages, "\n")
}

// errorText is an error without spelled types.
func errorText(err error) string {
	if typed, ok := err.(types.Error); ok {
		return "error " + errorCode(typed)
	}
	return "error"
}
