#!/bin/sh
# Generates docs/BUGS.md's list: runs campaigns on two releases, minimizes every finding,
# runs its standalone program, and prints the page on standard output.
#   scripts/bugs.sh target/release/typerace DIR [TIME [SEEDS]]
# For each seed, the campaigns on the two releases run side by side. DIR keeps the crash
# directories; findings that are already minimized there are skipped.
set -eu
typerace=$1 dir=$2 time=${3:-180s} seeds=${4:-1 2 3}
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
"$typerace" report --crashes "$dir/go1.26.8" --with "$dir/go1.27.3" --bugs || [ $? -eq 1 ]
