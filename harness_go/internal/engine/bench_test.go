package engine

import (
	"testing"

	"typerace/harness/internal/casetext"
)

func BenchmarkRun(b *testing.B) {
	req := casetext.Request("meet start\nbefore check p\ngo walk methods p\ngo walk methods p reversed\n" +
		"-- p/p.go --\npackage p\n\ntype L[T any] struct{ V T }\n\nfunc (l *L[T]) M() *L[T] { return nil }\n\nvar X *L[int]\n")
	e := New(nil, nil)
	b.ResetTimer()
	var setup, concurrent uint64
	for i := 0; i < b.N; i++ {
		reply, err := e.Run(req)
		if err != nil {
			b.Fatal(err)
		}
		setup += reply.SetupNS
		concurrent += reply.ConcurrentNS
	}
	b.ReportMetric(float64(setup)/float64(b.N), "setup-ns/op")
	b.ReportMetric(float64(concurrent)/float64(b.N), "concurrent-ns/op")
}
