package engine

import (
	"strings"
	"testing"

	"typerace/harness/internal/casetext"
	"typerace/harness/internal/wire"
)

// changes are what reading a test case's packages changes: `Field by operation`.
func changes(t *testing.T, text string) (map[string]wire.LazyChange, *wire.LazyReply) {
	t.Helper()
	req := casetext.Request(text)
	req.Flags = wire.FlagThorough
	reply, err := one().Lazy(req)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]wire.LazyChange{}
	for _, c := range reply.Changes {
		got[c.Field+" by "+strings.Join(c.Operation, " ")] = c
	}
	return got, reply
}

func TestReadingALibraryChangesFields(t *testing.T) {
	got, reply := changes(t, "before check lib ; instantiate lib.List string\ngo check a ; check b\ngo check b ; import lib ; eval lib X"+casetext.Library)
	for k, c := range got {
		t.Logf("%s of %s (%s)", k, c.Object, c.Guard)
	}
	t.Logf("%d nodes, %d operations, %d µs", reply.Nodes, reply.Operations, reply.NS/1000)
	if len(got) == 0 {
		t.Error("nothing is lazy")
	}
}
