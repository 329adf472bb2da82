// Command harness runs typerace's test cases: it type-checks Go packages with go/types on several
// goroutines, under the race detector. typerace starts it and communicates with it by the protocol
// of docs/PROTOCOL.md.
//
// It is built with
//
//	go build -race -gcflags=go/types=-d=libfuzzer -ldflags=-checklinkname=0
//
// (-checklinkname from Go 1.23 on).
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"typerace/harness/internal/counters"
	"typerace/harness/internal/dump"
	"typerace/harness/internal/engine"
	"typerace/harness/internal/quiet"
	"typerace/harness/internal/reports"
	"typerace/harness/internal/schedule"
	"typerace/harness/internal/sense"
	"typerace/harness/internal/tested"
	"typerace/harness/internal/wire"
)

// Inherited descriptors.
const (
	requestsFD = 3
	repliesFD  = 4
	coverageFD = 5
)

// countersFlag makes the program print where its counters count and exit.
const countersFlag = "-counters"

func main() {
	if len(os.Args) == 2 && os.Args[1] == targetsFlag {
		if err := writeTargets(os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	if len(os.Args) == 2 && os.Args[1] == countersFlag {
		if err := json.NewEncoder(os.Stdout).Encode(counters.Sites()); err != nil {
			os.Exit(1)
		}
		return
	}
	dump.WhenAsked(os.Stderr, os.Exit)
	err := serve(
		bufio.NewReader(os.NewFile(requestsFD, "requests")),
		os.NewFile(repliesFD, "replies"),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "typerace harness:", err)
		os.Exit(3)
	}
}

// serve answers requests until there are no more.
func serve(requests io.Reader, replies io.Writer) error {
	table := counters.Table()
	coverage, status, err := mapCoverage(coverageFD, len(table))
	if err != nil {
		return err
	}
	e := engine.New(table, coverage)
	e.Scheduler = &schedule.Schedule{}
	if limiter := reports.New(engine.Plant); limiter != nil {
		e.Reports = limiter
	}
	if reports.Marked() {
		if watch := quiet.New(engine.Plant); watch != nil {
			e.Detector = watch
		}
	}
	if s := sense.New(); s != nil && e.Detector != nil && engine.PlantShared(e.Detector, s) {
		e.Sense = s
	}
	e.Observe(status, heapCap(), writeProfile)
	hello := &wire.Hello{
		Version: wire.Version, GoVersion: runtime.Version(), Race: engine.RaceDetector,
		Counters: uint32(len(table)), Sense: e.Sense != nil, Words: engine.Words(),
		Checker: tested.Checker,
	}
	if err := wire.WriteFrame(replies, hello.Encode()); err != nil {
		return err
	}
	for {
		frame, err := wire.ReadFrame(requests)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		reply, err := answer(e, frame)
		if err != nil {
			return err
		}
		if err := wire.WriteFrame(replies, reply); err != nil {
			return err
		}
	}
}

// answer returns the reply to a request.
func answer(e *engine.Engine, frame []byte) ([]byte, error) {
	request, err := wire.DecodeRequest(frame)
	if err != nil {
		return nil, err
	}
	switch request := request.(type) {
	case *wire.RunRequest:
		reply, err := e.Run(request)
		if err != nil {
			return nil, err
		}
		return reply.Encode(), nil
	case *wire.ParseRequest:
		return parse(request).Encode(), nil
	case *wire.FormatRequest:
		return formatSource(request).Encode(), nil
	case *wire.HeapRequest:
		return e.Heap(request).Encode(), nil
	default: // *wire.PlantRequest
		return (&wire.PlantReply{Races: uint32(engine.Plant())}).Encode(), nil
	}
}
