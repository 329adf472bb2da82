package standalone

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"time"
)

// watch ends a program that hangs, and prints where every goroutine is.
func watch() {
	debug.SetTraceback("all")
	time.AfterFunc(10*time.Second, func() { panic("no end after 10 s") })
}

// printGoroutines prints every goroutine. At the end of a program, only main
// should be left.
func printGoroutines() {
	time.Sleep(time.Second)
	pprof.Lookup("goroutine").WriteTo(os.Stdout, 1)
}

// printMemory prints how much memory the program allocated.
func printMemory() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println("allocated in all:", m.TotalAlloc>>20, "MiB")
}
