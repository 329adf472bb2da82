#!/bin/sh
# Generates docs/BUGS.md: runs campaigns on two releases, determines the root of every finding,
# minimizes one finding of each root, runs its program, tries it on every release, and prints the page
# on standard output.
#   scripts/bugs.sh target/release/typerace DIR [TIME [SEEDS [RELEASES]]]
# For each seed, the campaigns on the two releases run side by side. DIR keeps the crash
# directories; what is already done there is skipped. RELEASES=all is the newest patch release
# of each of 1.21 to 1.27.
set -eu
typerace=$1 dir=$2 time=${3:-180s} seeds=${4:-1 2 3} releases=${5:-all}
mkdir -p "$dir"
for seed in $seeds; do
	for go in go1.26.8 go1.27.3; do
		[ -e "$dir/$go.$seed.done" ] && continue
		# Exit code 1 means findings. All seeds share one store, which keeps the graver
		# class of a finding.
		(
			"$typerace" fuzz --no-seeds --profile safe --time "$time" --seed "$seed" --plain \
				--cores 1 --toolchain $go --work "$dir/work.$go.$seed" \
				--crashes "$dir/$go" >&2 || [ $? -eq 1 ]
			touch "$dir/$go.$seed.done"
		) &
	done
	wait
done
# The crash directories that stand for the roots; with an argument more, those without a program.
roots() {
	"$typerace" report --crashes "$dir/$1" --json | python3 -c '
import json, sys
for root in json.load(sys.stdin)["roots"]:
    if root["class"] != "contract" and not (len(sys.argv) > 1 and root.get("lines")):
        print(root["path"])' ${2:+"$2"}
}
[ "$releases" = all ] && choose= || choose="--releases $releases"
pids=
for go in go1.26.8 go1.27.3; do
	(
		"$typerace" report --crashes "$dir/$go" --roots --toolchain $go >&2
		roots $go missing | while read -r crash; do
			"$typerace" minimize "$crash" --time 60s --toolchain $go </dev/null >&2 || [ $? -le 1 ]
		done
		# Exit code 1 means that a release shows it.
		roots $go | while read -r crash; do
			done=$dir/$go.$(basename "$crash").bisected
			[ -e "$done" ] && continue
			# shellcheck disable=SC2086 # no argument if it is empty
			"$typerace" bisect "$crash" $choose </dev/null >&2 || [ $? -eq 1 ]
			touch "$done"
		done
	) &
	pids="$pids $!"
done
# Not all at once, which would hide a failure.
for pid in $pids; do wait "$pid"; done
"$typerace" report --crashes "$dir/go1.26.8" --with "$dir/go1.27.3" --bugs
