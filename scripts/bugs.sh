#!/bin/sh
# Generates docs/BUGS.md: runs campaigns on two releases, minimizes findings until every root has
# a program, runs that program, tries it on every release, and prints the page on standard output.
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
				--minimize-percent 0 --toolchain $go --work "$dir/work.$go.$seed" \
				--crashes "$dir/$go" >&2 || [ $? -eq 1 ]
			touch "$dir/$go.$seed.done"
		) &
	done
	wait
done
for go in go1.26.8 go1.27.3; do
	for crash in "$dir/$go"/*/; do
		[ -e "$crash/minimized.txtar" ] && continue
		"$typerace" minimize "$crash" --toolchain $go </dev/null >&2 || [ $? -le 1 ]
	done
done
# The program of each root on every release. Exit code 1 means that a release shows it.
roots() {
	"$typerace" report --crashes "$dir/$1" --json |
		python3 -c 'import json, sys; [print(r["path"]) for r in json.load(sys.stdin)["roots"]]'
}
[ "$releases" = all ] && choose= || choose="--releases $releases"
for go in go1.26.8 go1.27.3; do
	roots $go | while read -r crash; do
		grep -q '"releases"' "$crash/finding.json" && continue
		# shellcheck disable=SC2086 # no argument if it is empty
		"$typerace" bisect "$crash" $choose </dev/null >&2 || [ $? -eq 1 ]
	done
done
"$typerace" report --crashes "$dir/go1.26.8" --with "$dir/go1.27.3" --bugs
