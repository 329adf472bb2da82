package counters

import _ "unsafe" // for go:linkname

// Instrumented code calls these on comparisons. The runtime has them only in programs built for
// libFuzzer itself, so any other program must define them. They do nothing, because the operands of
// comparisons are not used as feedback.
//
// They must stay free of atomics, locks and shared stores, which would order
// goroutines and hide races.

//go:linkname traceCmp1 runtime.libfuzzerTraceCmp1
//go:linkname traceCmp2 runtime.libfuzzerTraceCmp2
//go:linkname traceCmp4 runtime.libfuzzerTraceCmp4
//go:linkname traceCmp8 runtime.libfuzzerTraceCmp8

//go:linkname traceConstCmp1 runtime.libfuzzerTraceConstCmp1
//go:linkname traceConstCmp2 runtime.libfuzzerTraceConstCmp2
//go:linkname traceConstCmp4 runtime.libfuzzerTraceConstCmp4
//go:linkname traceConstCmp8 runtime.libfuzzerTraceConstCmp8

//go:linkname hookStrCmp runtime.libfuzzerHookStrCmp
//go:linkname hookEqualFold runtime.libfuzzerHookEqualFold

func traceCmp1(_, _ uint8, _ uint)  {}
func traceCmp2(_, _ uint16, _ uint) {}
func traceCmp4(_, _ uint32, _ uint) {}
func traceCmp8(_, _ uint64, _ uint) {}

func traceConstCmp1(_, _ uint8, _ uint)  {}
func traceConstCmp2(_, _ uint16, _ uint) {}
func traceConstCmp4(_, _ uint32, _ uint) {}
func traceConstCmp8(_, _ uint64, _ uint) {}

func hookStrCmp(_, _ string, _ uint)    {}
func hookEqualFold(_, _ string, _ uint) {}
