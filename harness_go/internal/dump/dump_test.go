package dump

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDumpHasTheStackOfARunningGoroutine dumps while a goroutine runs on another thread.
func TestDumpHasTheStackOfARunningGoroutine(t *testing.T) {
	var text bytes.Buffer
	ended := make(chan int, 1)
	WhenAsked(&text, func(code int) { ended <- code })
	stop := make(chan bool)
	done := make(chan int)
	go func() { done <- spin(stop) }()
	time.Sleep(20 * time.Millisecond)
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	if code := <-ended; code != 2 {
		t.Errorf("exit code %d", code)
	}
	close(stop)
	<-done
	for _, want := range []string{"dump.spin(", "runtime/pprof.", "SIGUSR1"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %s in\n%s", want, text.String())
		}
	}
}

//go:noinline
func spin(stop chan bool) int {
	for n := 0; ; n++ {
		select {
		case <-stop:
			return n
		default:
		}
	}
}
