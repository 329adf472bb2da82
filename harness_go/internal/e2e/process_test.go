// Package e2e tests the built harness: its processes, its coverage, and that the race detector sees
// the races that it should.
package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"typerace/harness/internal/wire"
)

// process is a running harness.
type process struct {
	t        *testing.T
	cmd      *exec.Cmd
	requests *os.File
	replies  *os.File
	coverage *os.File
	output   *os.File
	log      string
	hello    *wire.Hello
}

var build = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "typerace-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "harness")
	args := []string{"build", "-race", "-gcflags=go/types=-d=libfuzzer", "-o", path}
	if minor() >= 23 {
		args = append(args, "-ldflags=-checklinkname=0")
	}
	// With golang.org/x/tools, as typerace builds it: TYPERACE_XTOOLS=xtools26.mod
	if modfile := os.Getenv("TYPERACE_XTOOLS"); modfile != "" {
		args = append(args, "-tags=xtools", "-modfile="+filepath.Join("..", "..", modfile))
	}
	cmd := exec.Command("go", append(args, "../..")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %v\n%s", err, out)
	}
	return path, nil
})

// minor is the n of Go 1.n.
func minor() (n int) {
	_, _ = fmt.Sscanf(runtime.Version(), "go1.%d", &n)
	return n
}

// binary is the path of the harness, built as typerace builds it.
func binary(t *testing.T) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := build(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// start starts a harness and reads its first message.
func start(t *testing.T) *process {
	t.Helper()
	return startBinary(t, binary(t))
}

// startBinary starts a harness from another build, with additional options for the race detector.
func startBinary(t *testing.T, binary string, gorace ...string) *process {
	t.Helper()
	dir := t.TempDir()
	p := &process{t: t, log: filepath.Join(dir, "race")}
	file := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	theirRequests, requests, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	replies, theirReplies, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.requests, p.replies, p.coverage, p.output = requests, replies, file("coverage"), file("output")
	if err := p.coverage.Truncate(1 << 20); err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(binary)
	p.cmd.ExtraFiles = []*os.File{theirRequests, theirReplies, p.coverage}
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	p.cmd.Env = []string{
		"GORACE=suppress_equal_stacks=0 suppress_equal_addresses=0 atexit_sleep_ms=0 log_path=" + p.log +
			" " + strings.Join(gorace, " "),
		"GOTRACEBACK=all",
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirRequests.Close()
	theirReplies.Close()
	t.Cleanup(func() {
		p.requests.Close()
		p.replies.Close()
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
	frame, err := wire.ReadFrame(p.replies)
	if err != nil {
		t.Fatalf("no hello: %v\n%s", err, p.said())
	}
	if p.hello, err = wire.DecodeHello(frame); err != nil {
		t.Fatal(err)
	}
	return p
}

// said is the output of the process.
func (p *process) said() string {
	text, _ := os.ReadFile(p.output.Name())
	return string(text)
}

// reports is the output of the race detector.
func (p *process) reports() string {
	text, _ := os.ReadFile(fmt.Sprintf("%s.%d", p.log, p.cmd.Process.Pid))
	return string(text)
}

// ask sends a request and returns the reply; nil if the process died.
func (p *process) ask(request []byte) []byte {
	p.t.Helper()
	if err := wire.WriteFrame(p.requests, request); err != nil {
		return nil
	}
	frame, err := wire.ReadFrame(p.replies)
	if err != nil {
		return nil
	}
	return frame
}

// run runs a test case; nil if the process died.
func (p *process) run(req *wire.RunRequest) *wire.RunReply {
	p.t.Helper()
	frame := p.ask(req.Encode())
	if frame == nil {
		return nil
	}
	reply, err := wire.DecodeRunReply(frame)
	if err != nil {
		p.t.Fatal(err)
	}
	return reply
}

// end closes the requests and returns the exit code.
func (p *process) end() int {
	p.requests.Close()
	timer := time.AfterFunc(20*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	_ = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

// covered is the number of nonzero counters.
func (p *process) covered() int {
	text, err := os.ReadFile(p.coverage.Name())
	if err != nil {
		p.t.Fatal(err)
	}
	return len(text) - bytes.Count(text, []byte{0})
}

// harnessOnly reports whether both accesses in a report are in the harness.
func harnessOnly(report string) bool {
	return !strings.Contains(report, "/go/types/")
}
