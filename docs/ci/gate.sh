#!/bin/sh
# The gate as a plain shell script: fails if this Go shows a finding that the baseline
# does not list. Writes reports to $OUT for the CI system to collect.
#
#   GOROOTS="/path/to/go /other/go" docs/ci/gate.sh      local trees
#   TOOLCHAINS=go1.26.8,go1.27.3 docs/ci/gate.sh         releases
#   OVERLAY=fix.json docs/ci/gate.sh                     a patched go/types
#   HARNESS=./fuzz CORPUS=./testdata/typerace docs/ci/gate.sh   your own package (docs/TARGETS.md)
set -eu

typerace=${TYPERACE:-typerace}
out=${OUT:-typerace-reports}
mkdir -p "$out"

# Check the setup, and that the race detector really detects.
"$typerace" doctor

set -- --time "${TIME:-5m}"
if [ -n "${BASELINE:-}" ]; then set -- "$@" --baseline "$BASELINE"; fi
if [ -n "${OVERLAY:-}" ]; then set -- "$@" --overlay "$OVERLAY"; fi
if [ -n "${HARNESS:-}" ]; then set -- "$@" --harness "$HARNESS"; fi
if [ -n "${CORPUS:-}" ]; then set -- "$@" --corpus "$CORPUS"; fi
if [ -n "${GITHUB_ACTIONS:-}" ]; then set -- "$@" --github; fi
if [ -n "${TOOLCHAINS:-}" ]; then set -- "$@" --toolchain "$TOOLCHAINS"; fi

if [ -z "${GOROOTS:-}" ]; then
	exec "$typerace" regress "$@" --junit "$out/junit.xml" --sarif "$out/typerace.sarif"
fi
# One tree after another, so that a failure of one does not hide the others.
status=0
n=0
for goroot in $GOROOTS; do
	n=$((n + 1))
	"$typerace" regress "$@" --goroot "$goroot" \
		--junit "$out/junit-$n.xml" --sarif "$out/typerace-$n.sarif" || status=$?
done
exit "$status"
