package targettest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/engine"
	"typerace/harness/target"
)

var calls int

func init() {
	target.Register(target.Operation{Name: "count", Does: "counts without a lock", Run: count})
	target.Register(target.Operation{Name: "names", Does: "reads names", Run: names})
}

func count(*target.Input) (string, error) { calls++; return "", nil }

func names(in *target.Input) (string, error) {
	return strings.Join(in.Package.Scope().Names(), " "), nil
}

const program = "\n-- a/a.go --\npackage a\n\ntype T int\n"

func TestWithoutARace(t *testing.T) {
	Run(t, "import source\nbefore check a\ngo target names a\ngo target names a"+program)
}

// TestHelper is run by TestARaceFailsTheTest in a process of its own.
func TestHelper(t *testing.T) {
	if os.Getenv("TARGETTEST_RACES") == "" {
		t.Skip("helper of another test")
	}
	Run(t, "import source\nmeet start\nbefore check a\ngo target count a\ngo target count a"+program)
}

// TestHelperMissing is run by TestAMissingOperationFailsTheTest in a process of its own.
func TestHelperMissing(t *testing.T) {
	if os.Getenv("TARGETTEST_MISSING") == "" {
		t.Skip("helper of another test")
	}
	Run(t, "import source\nbefore check a\ngo target names a ; target renamed a\ngo target renamed a"+program)
}

func TestAMissingOperationFailsTheTest(t *testing.T) {
	helper := exec.Command(os.Args[0], "-test.run=^TestHelperMissing$")
	helper.Env = append(os.Environ(), "TARGETTEST_MISSING=1")
	output, err := helper.CombinedOutput()
	said := string(output)
	want := "no target registered the operation renamed; the packages of this test have: count, names\n"
	if err == nil || !strings.Contains(said, want) || !strings.Contains(said, "FAIL: TestHelperMissing") {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestTheBudgetEndsRepetitions(t *testing.T) {
	request := casetext.Request("import source\nbefore check a\ngo target names a" + program)
	if n := repeat(t, request, 0); n != 1 {
		t.Errorf("ran %d times without time, not once", n)
	}
	if n := repeat(t, request, time.Hour); n != Attempts {
		t.Errorf("ran %d times, not %d", n, Attempts)
	}
}

func TestARaceFailsTheTest(t *testing.T) {
	if !engine.RaceDetector {
		t.Skip("built without -race")
	}
	helper := exec.Command(os.Args[0], "-test.run=^TestHelper$")
	helper.Env = append(os.Environ(), "TARGETTEST_RACES=1")
	output, err := helper.CombinedOutput()
	said := string(output)
	if err == nil || !strings.Contains(said, "targettest.count") || !strings.Contains(said, "FAIL: TestHelper") {
		t.Errorf("%v\n%s", err, said)
	}
}
