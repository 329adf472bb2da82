package engine

import (
	"reflect"
	"runtime"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/clients"
	"typerace/harness/internal/wire"
)

// one is the engine of this process: it owns the garbage collector.
var one = sync.OnceValue(func() *Engine { return New(nil, nil) })

// run runs a test case with answers and resolutions.
func run(t *testing.T, text string, flags uint32) *wire.RunReply {
	t.Helper()
	req := casetext.Request(text)
	req.Flags = flags | wire.FlagAnswers | wire.FlagResolutions
	if RaceDetector {
		// A race in this Go's go/types would fail the test. The end-to-end tests
		// run concurrently under the race detector, in processes of their own.
		req.Flags |= wire.FlagSequential
	}
	reply, err := one().Run(req)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range reply.Panics {
		t.Errorf("panic in goroutine %d, operation %d: %s\n%s", p.Goroutine, p.Operation, p.Value, p.Stack)
	}
	return reply
}

func TestEveryOperationAndQuery(t *testing.T) {
	var scenario strings.Builder
	scenario.WriteString("meet start operation\nbefore check lib ; instantiate lib.List map[string]lib.Array\n")
	want := map[string]uint32{"check": 3, "instantiate": 3, "eval": 1, "checkexpr": 1, "import": 1}
	var first, second []string
	// Queries about two types have the most answers, and the answers of a goroutine are
	// bounded, so these queries come last.
	ordered := append([]query(nil), queries...)
	sort.SliceStable(ordered, func(i, j int) bool { return !ordered[i].pair && ordered[j].pair })
	for _, q := range ordered {
		if q.client && !clients.Available {
			continue
		}
		first = append(first, "walk "+q.name+" lib", q.name+" lib.Embeds lib.Both", "walk "+q.name+" instances")
		second = append(second, "walk "+q.name+" lib shuffled 7", q.name+" lib.Embeds", "walk "+q.name+" a reversed")
		want["walk "+q.name], want["query "+q.name] = 4, 2
	}
	scenario.WriteString("go check a ; instantiate lib.Pair int,string context ; " + strings.Join(first, ";") + "\n")
	scenario.WriteString("go eval lib Map[int,string] ; checkexpr lib X.Push([2]int{}) ; import a ; check b ; instantiate lib.Tree any ;" + strings.Join(second, ";") + "\n")
	reply := run(t, scenario.String()+casetext.Library, 0)
	got := executedOps(reply)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("executed %v\nwant %v\nskipped %v", got, want, reply.Skipped)
	}
	for i, v := range reply.Verdicts {
		if v.Code != wire.VerdictValid {
			t.Errorf("package %d: %+v", i, v)
		}
	}
	// Each query has an answer that only a real call of the API gives.
	answers := strings.Join(texts(reply.Answers[1]), "\n")
	for _, say := range []string{
		"underlying lib.Array: [4]lib.Pair[int,string]",
		"methods lib.List[string]: Push func(string)(*lib.List[string])",
		"methodset lib.Embeds: ", "lookup lib.Both: ",
		"typeset lib.Both: 2 false true false false",
		"typeset lib.Number: 0 true false false false",
		"identical lib.Array, lib.Array: true true",
		"implements lib.Embeds, lib.Both: true false",
		"comparable lib.Tree: false", "sizes lib.Array: 96 8",
		"satisfies lib.Embeds, lib.Both: true", "convertible lib.Array, lib.Array: true",
		"assignable lib.Embeds, lib.Both: true", "typeparams lib.Pair: $0 comparable $1 interface{}",
		"scope lib: ", "scope 0: ", "const lib.Answer = 42 untyped int", "string lib.Array: true true",
		"fields lib.Pair: Key false $0",
		"instantiate Pair: lib.Pair[int,string]",
	} {
		// Releases differ in the space between type arguments.
		if !strings.Contains(noSpace(answers), noSpace(say)) {
			t.Errorf("no answer %q", say)
		}
	}
	for _, say := range []string{"eval Map[int,string]: func([]int,func(int)(string))([]string)",
		"checkexpr X.Push([2]int{}): *lib.List[[2]int]", "import a: a"} {
		if !strings.Contains(noSpace(strings.Join(texts(reply.Answers[2]), "\n")), noSpace(say)) {
			t.Errorf("no answer %q in %v", say, reply.Answers[2])
		}
	}
	if t.Failed() {
		t.Log(answers)
	}
}

// texts are answers as people read them.
func texts(answers []wire.Answer) []string {
	var lines []string
	for _, a := range answers {
		lines = append(lines, a.Subject+": "+strings.Join(a.Value, " "))
	}
	return lines
}

func noSpace(s string) string { return strings.ReplaceAll(s, ", ", ",") }

func TestEveryOrderVisitsTheSameTypes(t *testing.T) {
	visited := func(order string) map[string]bool {
		reply := run(t, "before check lib\ngo walk underlying lib "+order+casetext.Library, 0)
		set := map[string]bool{}
		for _, a := range texts(reply.Answers[1]) {
			set[a] = true
		}
		return set
	}
	want := visited("declared")
	if len(want) < 30 {
		t.Fatalf("%d types", len(want))
	}
	for _, order := range []string{"reversed", "rotated 3", "shuffled 1", "shuffled 2"} {
		// Where depth cuts the walk differs by a few.
		missing := 0
		got := visited(order)
		for a := range want {
			if !got[a] {
				missing++
			}
		}
		if missing > len(want)/3 {
			t.Errorf("%s: %d of %d types missing", order, missing, len(want))
		}
	}
	sequence := func(order string) string {
		return strings.Join(texts(run(t, "before check lib\ngo walk underlying lib "+order+casetext.Library, 0).Answers[1]), "\n")
	}
	if sequence("shuffled 1") == sequence("shuffled 2") || sequence("declared") == sequence("reversed") ||
		sequence("declared") == sequence("rotated 3") {
		t.Error("orders do not differ")
	}
	if sequence("shuffled 1") != sequence("shuffled 1") {
		t.Error("a seed does not repeat")
	}
}

func TestWalkOfARecursiveGenericTypeEnds(t *testing.T) {
	const text = "before check p\ngo walk methods p\ngo walk string p reversed\n-- p/p.go --\npackage p\n\n" +
		"type P[A, B any] struct{ a A; b B }\nfunc (P[A, B]) M() P[P[A, B], P[B, A]] { panic(0) }\n" +
		"type I[T any] interface{ M(I[I[T]]) }\nvar X P[int, string]\nvar Y I[int]\n"
	began := time.Now()
	reply := run(t, text, 0)
	if reply.Verdicts[0].Code != wire.VerdictTypeErrors || len(reply.Answers[1]) == 0 {
		t.Errorf("%+v", reply)
	}
	if spent := time.Since(began); spent > 10*time.Second {
		t.Errorf("it took %v", spent)
	}
}

func TestMeetingsOverlapGoroutines(t *testing.T) {
	present := newAttendance(3)
	m := (&round{attendance: present}).newMeeting([]bool{true, true, true}, 10*time.Second)
	var wg sync.WaitGroup
	inside := make([]slot, 3)
	for i := range inside {
		present.expect(i)
	}
	for i := range inside {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			time.Sleep(time.Duration(i) * 10 * time.Millisecond)
			arrive(inside, i)
			m.meet(i)
			if n := arrivals(inside); n != 3 {
				t.Errorf("%d of 3 had arrived", n)
			}
		}(i)
	}
	wg.Wait()
	// Goroutines do not wait for one that has ended.
	present.leave(1)
	present.leave(2)
	began := time.Now()
	m.meet(0)
	if time.Since(began) > 5*time.Second {
		t.Error("waited for a goroutine that had left")
	}
	impatient := (&round{attendance: newAttendance(3)}).newMeeting([]bool{true, true, false}, 5*time.Millisecond)
	impatient.meet(0)
}

//go:norace
func arrive(inside []slot, i int) { inside[i].n = 1 }

//go:norace
func arrivals(inside []slot) (n uint32) {
	for i := range inside {
		n += inside[i].n
	}
	return n
}

func TestNamesThatDoNotExistResolve(t *testing.T) {
	const text = "before check lib\ngo walk methods nosuch ; lookup lib.Nosuch ; instantiate lib.Answer int ; methods lib.List\n" + casetext.Library
	reply := run(t, text, 0)
	if len(reply.Skipped) != 0 || len(reply.Resolutions) != 3 {
		t.Errorf("skipped %q, resolved %q", reply.Skipped, reply.Resolutions)
	}
	again := run(t, text, 0)
	if !reflect.DeepEqual(reply.Resolutions, again.Resolutions) {
		t.Errorf("%q, then %q", reply.Resolutions, again.Resolutions)
	}
	reply = run(t, "go lookup p.T ; walk sizes instances ; instantiate p.T int ; frob p.T\n-- p/p.go --\npackage p\n", 0)
	if len(reply.Skipped) != 4 || len(executedOps(reply)) != 0 {
		t.Errorf("skipped %q, executed %v", reply.Skipped, reply.Executed)
	}
	if reply := run(t, "before check p\ngo walk sizes p", 0); len(reply.Skipped) != 2 {
		t.Errorf("without packages: %+v", reply)
	}
}

func TestVerdicts(t *testing.T) {
	reply := run(t, "before check ok\ngo check syntax ; check types ; check cycle ; check empty"+
		"\n-- ok/x.go --\npackage ok\n-- syntax/x.go --\npackage syntax\nvar = 3\nvar X int\n-- types/x.go --\npackage types\nvar x int = 1.5\nimport \"syntax\"\n"+
		"-- cycle/x.go --\npackage cycle\nimport \"other\"\nvar _ = other.X\n-- other/x.go --\npackage other\nimport \"cycle\"\nvar X = cycle.Y\n"+
		"-- idle/x.go --\npackage idle\n-- empty/x.go --\nnothing\n", 0)
	// The import that closes a cycle is the error, so it is the other package's.
	want := []uint8{wire.VerdictValid, wire.VerdictSyntax, wire.VerdictSyntax, wire.VerdictValid,
		wire.VerdictTypeErrors, wire.VerdictNotChecked, wire.VerdictSyntax}
	for i, v := range reply.Verdicts {
		if v.Code != want[i] || (v.Error == "") != (v.Code >= wire.VerdictValid) {
			t.Errorf("package %d: %+v, want %d", i, v, want[i])
		}
	}
}

func TestRoundsProcsAndGodebug(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	reply := run(t, "rounds 3\nprocs 1\nbefore check lib\ngo check a"+casetext.Library, 0)
	if reply.Executed[0] != (wire.Count{Name: "check", N: 6}) {
		t.Errorf("%+v", reply.Executed)
	}
	if n := runtime.GOMAXPROCS(0); n != 1 {
		t.Errorf("GOMAXPROCS %d", n)
	}
	alias := "before check p\ngo unalias p.A\n-- p/p.go --\npackage p\n\ntype A = struct{}\n"
	aliased := func(text string) bool {
		return strings.Contains(strings.Join(texts(run(t, text, 0).Answers[1]), "\n"), "p.A")
	}
	if got := aliased(alias); got != hasAliases {
		t.Errorf("alias is represented: %v, want %v", got, hasAliases)
	}
	if got := aliased("godebug gotypesalias=0\n" + alias); got != aliasesAlways {
		t.Errorf("alias is represented with gotypesalias=0: %v", got)
	}
	if got := aliased(alias); got != hasAliases {
		t.Errorf("the setting was not restored")
	}
}

func TestUnknownWordsAreErrors(t *testing.T) {
	for _, req := range []*wire.RunRequest{{Share: []string{"moon"}}, {Meet: []string{"moon"}}, {Import: "moon"}} {
		if _, err := one().Run(req); err == nil {
			t.Errorf("%+v was run", req)
		}
	}
}

func TestAPanicEndsItsGoroutineOnly(t *testing.T) {
	req := casetext.Request("before check lib\ngo check a ; check b\ngo check b" + casetext.Library)
	o, err := readOptions(req)
	if err != nil {
		t.Fatal(err)
	}
	r := newRound(req, o)
	r.before()
	r.prepare()
	// A tree without a name makes go/types panic.
	r.goroutines[0].files[r.index["a"]][0].Decls[1] = nil
	r.concurrent()
	report := newReport(req)
	report.add(r, 0, 0)
	reply := report.finish()
	if len(reply.Panics) != 1 || reply.Panics[0].Goroutine != 1 || reply.Panics[0].Operation != 0 ||
		!strings.Contains(reply.Panics[0].Stack, "go/types") || reply.Panics[0].Value == "" {
		t.Fatalf("panics %+v", reply.Panics)
	}
	if reply.Verdicts[2].Code != wire.VerdictValid {
		t.Errorf("the other goroutine: %+v", reply.Verdicts)
	}
}
