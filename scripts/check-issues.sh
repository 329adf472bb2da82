#!/bin/bash
# Checks docs/issues: takes the program out of each issue text, builds it with the releases that the
# text names, and runs it. Nine of ten processes must show the fault, and no program may be longer
# than 60 lines.
#
#   scripts/check-issues.sh [NAME...]      RUNS=10 is the number of processes
set -euo pipefail

cd "$(dirname "$0")/.."
runs=${RUNS:-10}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# The first block of code below "What did you do?".
program() {
	awk '/^### What did you do/ { here = 1 } here && /^```/ { if (inside) exit; inside = 1; next } inside' "$1"
}

# The release that it was found with, and the others that show it.
releases() {
	sed -n 's/^go version \(go[0-9.]*\) .*/\1/p' "$1"
	sed -n 's/^On other releases: //p' "$1" | tr ';' '\n' |
		sed -n 's/^ *\(go[0-9.]*\): [1-9][0-9]* of .*/\1/p'
}

# Splits a txtar into files below a folder.
split() {
	mkdir -p "$2"
	awk -v to="$2" '/^-- .* --$/ { name = to "/" $2; dir = name; sub("/[^/]*$", "", dir); system("mkdir -p " dir); next } { print > name }' "$1"
}

# Whether a run shows the fault: its status, its output.
fails() {
	case $1 in
	66 | 137) return 0 ;; # a race; no end
	0) return 1 ;;
	esac
	grep -qE '^(panic|fatal error): |internal compiler error: |SIGQUIT' "$2"
}

for text in docs/issues/*.md; do
	name=$(basename "$text" .md)
	[ "$name" = README ] && continue
	if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then
		continue
	fi
	program "$text" >"$work/block"
	lines=$(grep -c . "$work/block" || true)
	for release in $(releases "$text"); do
		export GOTOOLCHAIN=$release
		dir=$work/$name.$release
		mkdir -p "$dir"
		if grep -q '^Run with `go run' "$text"; then
			cp "$work/block" "$dir/main.go"
			printf 'module repro\n\ngo %s\n' "$(echo "${release#go}" | cut -d. -f1,2)" >"$dir/go.mod"
			race=
			grep -q '^Run with `go run -race' "$text" && race=-race
			(cd "$dir" && go build $race -o repro .)
			run=("$dir/repro")
		elif grep -q '^Run `go build' "$text"; then
			split "$work/block" "$dir"
			run=(go -C "$dir" build ./...)
		else
			cp "$work/block" "$dir/p.go"
			run=(go tool compile -o "$dir/p.a" "$dir/p.go")
		fi
		shown=0
		for _ in $(seq "$runs"); do
			status=0
			GORACE="halt_on_error=1 atexit_sleep_ms=0" timeout -s KILL -k 1 20 "${run[@]}" \
				>"$work/output" 2>&1 || status=$?
			if fails $status "$work/output"; then
				shown=$((shown + 1))
			fi
		done
		verdict=ok
		if [ $((shown * 10)) -lt $((runs * 9)) ] || [ "$lines" -gt 60 ]; then
			verdict=FAILED failed=1
		fi
		echo "$verdict $name $release: $shown of $runs, $lines lines"
	done
done
exit $failed
