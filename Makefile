# make fuzz            a two-minute campaign; its findings are in crashes/
# make test            all tests and checks; .ci/run calls this
# make test-install    the crate as it would be published: cargo package builds it, cargo install
#                      installs it, and it runs a campaign in an empty folder; takes minutes
# make test-cloud      campaigns that share a bucket of a real S3 server; takes minutes to build
# make test-arm64      does all of it compile for Linux on arm64?
# make doctor          checks Go, the C compiler and the race detector
# make bench           typerace compared with its limit and with go test -fuzz; writes
#                      docs/BENCHMARKS.md. BENCH='peer ablations survival' takes hours
# make faults          50 runs of each planted fault: the table of docs/FAULTS.md.
#                      FAULTS_N=5 for fewer runs, FAULTS_ONLY=FaultMap for some faults
# make soak            a campaign of an hour, watched; another one whose harness is killed
#                      again and again; then 100 kills of random processes. SOAK=600 for ten
#                      minutes, SOAK_ARGS='--no-seeds'
# make minimize-kinds  minimizes every planted fault and prints a table
# make patches         rewrites docs/PATCHES.md: each patch on each release; takes minutes for
#                      each release
# make issues          rewrites docs/issues; takes some minutes
# make validity        how many generated programs and mutants parse and type-check
# make transparency    checks that instrumentation hides no race; takes minutes
# make known-races     rewrites docs/KNOWN-RACES.md for the releases in KNOWN_RACES
# make gate-corpus     makes corpus/gate again from campaigns of GATE_TIME; takes an hour
# FUZZ_ARGS and DOCTOR_ARGS are passed on: make fuzz FUZZ_ARGS='--seed 7'

SHELL := /bin/sh
CARGO ?= cargo
TIME ?= 2m

.PHONY: fuzz bench patches known-races validity faults minimize-kinds soak test gate-corpus lint doctor transparency \
	transparency-go build \
	test-rust test-go test-xtools test-issues test-install test-cloud test-arm64 test-go-arm64 \
	lint-rust lint-go lint-package compile-tests test-lane-go issues

# Exit code 1 means findings, which is what a campaign is for.
fuzz: build
	$(CARGO) run --quiet --release -- fuzz --time $(TIME) $(FUZZ_ARGS) || [ $$? -eq 1 ]

# VALIDITY_ARGS='--programs 5000 --mutants 5000 --why --toolchain go1.27.3'
validity:
	$(CARGO) run --quiet --release --example validity -- $(VALIDITY_ARGS)

BENCH ?= quick
bench:
	$(CARGO) bench --locked --bench generate
	$(CARGO) bench --locked --bench compare -- $(BENCH)

doctor:
	$(CARGO) run --quiet --release -- doctor $(DOCTOR_ARGS)

transparency: transparency-go
	$(CARGO) test --locked --release --test transparency -- --ignored --nocapture

faults:
	$(CARGO) run --quiet --release --locked --example faults
	$(CARGO) test --locked --test silent_failure -- --ignored

# What corpus/fixedbugs shows on each release. Exit code 1 (findings) is expected.
KNOWN_RACES ?= go1.21.0,go1.21.13,go1.22.0,go1.22.12,go1.23.12,go1.24.11,go1.25.5,go1.26.8,go1.27.0,go1.27.3
known-races:
	$(CARGO) run --quiet --release --locked -- regress --corpus corpus --only fixedbugs \
		--toolchain $(KNOWN_RACES) --known-table docs/KNOWN-RACES.md || [ $$? -eq 1 ]

# The corpus of the gate: four campaigns with the seeds 1 to 4, then corpus gate.
GATE_SEED ?= 1
GATE_TIME ?= 6m
GATE_GO ?= go1.27.3 go1.26.8
gate-corpus: build
	scripts/gate-corpus.sh $${CARGO_TARGET_DIR:-target}/release/typerace $(GATE_SEED) $(GATE_TIME) $(GATE_GO)

# PATCHES='go1.26.8 go1.27.3' for those alone; the page is printed and not written then.
patches:
	$(CARGO) run --quiet --release --locked --example patches -- $(PATCHES)

minimize-kinds:
	$(CARGO) run --quiet --release --locked --example minimize_kinds

SOAK ?= 3600
soak: build
	$(CARGO) build --release --locked --example soak
	target=$${CARGO_TARGET_DIR:-target}/release && \
	"$$target/examples/soak" "$$target/typerace" $(SOAK) -- $(SOAK_ARGS) && \
	"$$target/examples/soak" "$$target/typerace" $(SOAK) --kill -- $(SOAK_ARGS)
	KILLS=$${KILLS:-100} $(CARGO) test --release --locked --test kills -- --nocapture

build:
	$(CARGO) build --release --locked

# The Go side is checked while cargo compiles, which often has work for one processor only. The Rust
# tests run afterwards, alone: some of them have time limits. What the Go side printed follows when
# both are done. Nothing else is piped or silenced, so the test runners' last lines stay visible.
test:
	@log=$$(mktemp) && \
	{ $(MAKE) --no-print-directory test-lane-go >"$$log" 2>&1 & go=$$!; \
	$(MAKE) --no-print-directory -j1 lint-rust lint-package compile-tests; rust=$$?; \
	wait $$go; go=$$?; cat "$$log"; rm -f "$$log"; [ $$rust -eq 0 ] && [ $$go -eq 0 ]; }
	@$(MAKE) --no-print-directory test-rust test-issues

# One after another, in any case.
test-lane-go:
	@$(MAKE) --no-print-directory -j1 lint-go test-go test-go-arm64 test-xtools

lint: lint-rust lint-go lint-package

compile-tests:
	$(CARGO) test --locked --no-run

# One test opens the HTML report in a browser. Without a browser it passes, and this
# target says so. .ci/run installs one if it can.
test-rust:
	$(CARGO) test --locked
	@command -v chromium >/dev/null || \
		echo "test-rust: the HTML report was not checked in a browser: apt-get install chromium"

# Three of the issue texts in docs/issues: their programs still show what they say. ISSUES= for all.
ISSUES ?= r1 r6 r10
test-issues:
	PATH=$$(dirname "$$(scripts/go.sh)"):$$PATH scripts/check-issues.sh $(ISSUES)

issues: build
	scripts/issues.sh $${CARGO_TARGET_DIR:-target}/release/typerace

lint-rust:
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- --deny warnings

# The crate can be packaged, and is below the 10 MB of crates.io. test-install builds it, too.
lint-package:
	$(CARGO) package --locked --allow-dirty --no-verify --quiet
	@crate=$$(ls -t $${CARGO_TARGET_DIR:-target}/package/typerace-*.crate | head -n 1) && \
	size=$$(wc -c <"$$crate") && echo "$$crate: $$size bytes" && [ "$$size" -lt 10000000 ]

test-install:
	scripts/check-install.sh

# The server comes from the Go module proxy.
test-cloud:
	PATH=$$(dirname "$$(scripts/go.sh)"):$$PATH $(CARGO) test --locked --features cloud --test bucket -- --nocapture

# One shell, so that Go is looked up once. -buildvcs=false, because git, and with it go,
# refuses a checkout that belongs to another user.
test-go:
	go=$$(scripts/go.sh) && cd harness_go && \
	CGO_ENABLED=1 GOFLAGS=-buildvcs=false "$$go" test -race ./...

# The harness, instrumented, compiles for arm64. Without the race detector, which would need a C
# compiler for it.
test-go-arm64:
	go=$$(scripts/go.sh) && cd harness_go && new=$$(mktemp -d) && trap 'rm -rf "$$new"' EXIT && \
	case "$$("$$go" env GOVERSION)" in go1.2[12]*) flags=;; *) flags=-ldflags=-checklinkname=0;; esac && \
	"$$go" run ./instrument -goroot "$$("$$go" env GOROOT)" -out "$$new" && \
	GOARCH=arm64 CGO_ENABLED=0 GOFLAGS=-buildvcs=false "$$go" build -gcflags=go/types=-d=libfuzzer \
		$$flags -overlay "$$new/overlay.json" -o "$$new/harness" .

# The Rust side type-checks for arm64, if rustup has its target. There may be no C compiler for it, and
# a check links nothing, so `true` stands for one.
test-arm64: test-go-arm64
	@if rustup target list --installed 2>/dev/null | grep -qx aarch64-unknown-linux-gnu; then \
		CC_aarch64_unknown_linux_gnu=true AR_aarch64_unknown_linux_gnu=true \
			$(CARGO) check --locked --target aarch64-unknown-linux-gnu; \
	else echo "test-arm64: the Rust side was not checked: rustup target add aarch64-unknown-linux-gnu"; fi

# The tests that need golang.org/x/tools, with the release that typerace pins for this Go.
# Not a failure if that cannot be fetched.
test-xtools:
	go=$$(scripts/go.sh) && cd harness_go && \
	case "$$("$$go" env GOVERSION)" in \
	go1.2[1-3]*) echo "test-xtools: golang.org/x/tools needs Go 1.24 or later"; exit 0;; \
	go1.2[45]*) mod=xtools24.mod;; \
	*) mod=xtools26.mod;; \
	esac && \
	if ! "$$go" mod download -modfile=$$mod all; then \
		echo "test-xtools: skipped, because golang.org/x/tools cannot be fetched"; exit 0; \
	fi && \
	CGO_ENABLED=1 GOFLAGS=-buildvcs=false "$$go" vet -tags=xtools -modfile=$$mod ./... && \
	CGO_ENABLED=1 GOFLAGS=-buildvcs=false TYPERACE_XTOOLS=$$mod "$$go" test -race -tags=xtools -modfile=$$mod \
		./internal/engine ./internal/clients ./internal/e2e

transparency-go:
	go=$$(scripts/go.sh) && cd harness_go && \
	CGO_ENABLED=1 GOFLAGS=-buildvcs=false TYPERACE_TRANSPARENCY=$${TYPERACE_TRANSPARENCY:-50} \
		"$$go" test -count=1 -timeout 30m -run FeedbackHidesNoRace -v ./internal/e2e

lint-go:
	go=$$(scripts/go.sh) && cd harness_go && \
	unformatted=$$("$$(dirname "$$go")/gofmt" -l . ../examples/targets) && \
	if [ -n "$$unformatted" ]; then echo "not formatted with gofmt: $$unformatted" >&2; exit 1; fi && \
	CGO_ENABLED=1 GOFLAGS=-buildvcs=false "$$go" vet ./...
