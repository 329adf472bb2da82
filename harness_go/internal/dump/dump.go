// Package dump prints stacks when the parent asks.
package dump

import (
	"io"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
)

// WhenAsked prints the stack of every goroutine to w when the parent sends SIGUSR1,
// and ends the process. The runtime's own dump, for SIGQUIT, has no stack of a goroutine
// that another thread runs, nor of one that is inside the race detector; here the
// goroutines stop first, where their stacks can be read.
func WhenAsked(w io.Writer, exit func(int)) {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	go func() {
		<-asked
		_, _ = io.WriteString(w, "SIGUSR1: every goroutine\n\n")
		// The parent reads whatever arrives; an error cannot be reported.
		_ = pprof.Lookup("goroutine").WriteTo(w, 2)
		exit(2)
	}()
}
