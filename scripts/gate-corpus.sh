#!/bin/sh
# Makes corpus/gate again: gate-corpus.sh TYPERACE SEED TIME RELEASE…
# A campaign of TIME on each release, without and with the known roots patched, with SEED, SEED+1, …
# Then typerace corpus gate reads their work folders and the known races.
set -eu
typerace=$1 seed=$2 time=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
list=
for go; do
	list=${list:+$list,}$go
	for patch in none known; do
		# Exit code 1 means findings.
		"$typerace" fuzz --toolchain "$go" --patch "$patch" --profile safe --seed "$seed" \
			--time "$time" --cores 1 --plain --minimize-percent 0 \
			--work "$work/$go-$patch" --crashes "$work/crashes/$go-$patch" || [ $? -eq 1 ]
		seed=$((seed + 1))
	done
done
"$typerace" corpus gate "$work"/go* corpus/fixedbugs --toolchain "$list" --out "$work/gate"
rm -rf corpus/gate
mv "$work/gate" corpus/gate
