# make fuzz    a campaign of two minutes: what it finds is in crashes/
# make test    every test and check; .ci/run calls it
# make doctor  whether Go, the C compiler and the race detector work
# make transparency  whether instrumentation hides races: minutes
# FUZZ_ARGS and DOCTOR_ARGS are passed on: make fuzz FUZZ_ARGS='--seed 7'

SHELL := /bin/sh
CARGO ?= cargo
TIME ?= 2m

.PHONY: fuzz test lint doctor transparency build test-rust test-go lint-rust lint-go

# typerace's exit code 1 is findings: what a campaign is for.
fuzz: build
	$(CARGO) run --quiet --release -- fuzz --time $(TIME) $(FUZZ_ARGS) || [ $$? -eq 1 ]

doctor:
	$(CARGO) run --quiet --release -- doctor $(DOCTOR_ARGS)

transparency:
	$(CARGO) test --locked --release --test transparency -- --ignored --nocapture

build:
	$(CARGO) build --release --locked

# The runners' own last lines stay visible: nothing is piped or silenced.
test: lint test-go test-rust

lint: lint-rust lint-go

test-rust:
	$(CARGO) test --locked

lint-rust:
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- --deny warnings

# One shell, so that Go is looked for once. -buildvcs=false: a checkout that
# belongs to another user makes git, and with it go, refuse.
test-go:
	go=$$(scripts/go.sh) && cd harness_go && \
	CGO_ENABLED=1 GOFLAGS=-buildvcs=false "$$go" test -race ./...

lint-go:
	go=$$(scripts/go.sh) && cd harness_go && \
	unformatted=$$("$$(dirname "$$go")/gofmt" -l .) && \
	if [ -n "$$unformatted" ]; then echo "not gofmt's format: $$unformatted" >&2; exit 1; fi && \
	CGO_ENABLED=1 GOFLAGS=-buildvcs=false "$$go" vet ./...
