#!/bin/sh
# Makes corpus/gate again: gate-corpus.sh TYPERACE SEED TIME RELEASE…
# A campaign of TIME on each release, without and with the known roots patched, with SEED, SEED+1, …;
# the two of a release run at once.
# Then typerace corpus gate reads their work folders and the known races.
set -eu
typerace=$1 seed=$2 time=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Exit code 1 means findings.
campaign() {
	"$typerace" fuzz --toolchain "$1" --patch "$2" --profile safe --seed "$3" \
		--time "$time" --cores 1 --plain --minimize-percent 0 \
		--work "$work/$1-$2" --crashes "$work/crashes/$1-$2" || [ $? -eq 1 ]
}
list=
for go; do
	list=${list:+$list,}$go
	campaign "$go" none "$seed" &
	campaign "$go" known $((seed + 1))
	wait $!
	seed=$((seed + 2))
done
"$typerace" corpus gate "$work"/go* corpus/fixedbugs --toolchain "$list" --out "$work/gate"
rm -rf corpus/gate
mv "$work/gate" corpus/gate
