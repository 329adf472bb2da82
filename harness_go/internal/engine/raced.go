package engine

import (
	"go/types"
	"io"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"typerace/harness/internal/lazy"
)

// racedFields finds out which fields the races of a run are on: the addresses
// in the race detector's reports, looked up in what was reachable before and
// after the goroutines ran.
type racedFields struct {
	graphs []*lazy.Graph
	from   int64 // size of the race log before
	fields map[string]bool
}

// before looks at what the goroutines will share.
func (f *racedFields) before(r *round) {
	f.from = raceLogSize()
	f.graphs = []*lazy.Graph{lazy.New(r.complete(), r.instances)}
}

// after looks at what they have made, and at the reports.
func (f *racedFields) after(r *round) {
	pkgs, instances := r.complete(), r.instances
	for _, g := range r.goroutines {
		instances = append(instances, g.instances...)
	}
	f.graphs = append(f.graphs, lazy.New(pkgs, instances))
	for _, address := range reportedSince(f.from) {
		for _, g := range f.graphs {
			if field := g.Field(address); field != "" {
				if f.fields == nil {
					f.fields = map[string]bool{}
				}
				f.fields[field] = true
				break
			}
		}
	}
	f.graphs = nil
}

func (f *racedFields) sorted() []string {
	var fields []string
	for field := range f.fields {
		fields = append(fields, field)
	}
	sort.Strings(fields)
	return fields
}

// complete are the packages that `before` completed.
func (r *round) complete() []*types.Package {
	var pkgs []*types.Package
	for _, pkg := range r.completed {
		if pkg != nil {
			pkgs = append(pkgs, pkg)
		}
	}
	return pkgs
}

var (
	logPath = regexp.MustCompile(`log_path="?([^" ]+)"?`)
	access  = regexp.MustCompile(`(?mi)^\s*(?:previous )?(?:atomic )?(?:read|write) at 0x([0-9a-f]+) by`)
)

// raceLog is where the race detector writes; "" if that is not known.
func raceLog() string {
	m := logPath.FindStringSubmatch(os.Getenv("GORACE"))
	if m == nil {
		return ""
	}
	return strings.TrimSuffix(m[1], `"`) + "." + strconv.Itoa(os.Getpid())
}

func raceLogSize() int64 {
	info, err := os.Stat(raceLog())
	if err != nil {
		return 0
	}
	return info.Size()
}

// reportedSince are the addresses in the reports after an offset.
func reportedSince(from int64) []uintptr {
	file, err := os.Open(raceLog())
	if err != nil {
		return nil
	}
	defer file.Close()
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(file, 1<<20))
	if err != nil {
		return nil
	}
	var addresses []uintptr
	for _, m := range access.FindAllSubmatch(text, -1) {
		if n, err := strconv.ParseUint(string(m[1]), 16, 64); err == nil {
			addresses = append(addresses, uintptr(n))
		}
	}
	return addresses
}
