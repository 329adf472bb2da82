#!/bin/bash
# Writes docs/issues: the issue text of each test case in corpus/roots, as typerace writes it.
#
#   scripts/issues.sh TYPERACE [NAME...]
#
# The first lines of a test case say with which release it is found, "# on go1.27.3", on which
# others its program runs, "# also go1.26.8", and what the finding's id starts with,
# "# shows data-race". A finding of the compiler needs no campaign.
set -euo pipefail

typerace=$1
shift
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p docs/issues

said() { sed -n "s/^# $2 //p" "$1" | head -1; }

# The finding that shows most often, of those whose id starts like that.
best() {
	python3 - "$1" "$2" <<'PYTHON'
import json, pathlib, sys
found = []
for path in pathlib.Path(sys.argv[1]).glob(sys.argv[2] + "*/finding.json"):
    f = json.loads(path.read_text())
    k, n = f.get("reproduced") or [0, 1]
    found.append((f["class"] != "bug", -k / max(n, 1), str(path.parent)))
print(min(found)[2] if found else "")
PYTHON
}

for case in corpus/roots/*.txtar; do
	name=$(basename "$case" .txtar)
	if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then
		continue
	fi
	on=$(said "$case" on)
	shows=$(said "$case" shows)
	found=$work/$name
	mkdir -p "$found.seeds"
	cp "$case" "$found.seeds/"
	if [ "$shows" = compiler ]; then
		"$typerace" compile "$case" --toolchain "$on" --crashes "$found" >&2 || true
	else
		"$typerace" fuzz --corpus "$found.seeds" --execs 4 --seed 1 --plain --crashes "$found" \
			--minimize-percent 0 --compiler-percent 0 --toolchain "$on" >&2 || true
	fi
	crash=$(best "$found" "$shows")
	if [ -z "$crash" ]; then
		echo "$name: nothing found that starts with $shows" >&2
		exit 1
	fi
	# The root gives the text its title and the changes that were tried, and minimization keeps it.
	root() {
		"$typerace" report --crashes "$found" --only "$(basename "$crash")" --roots \
			--toolchain "$on" >&2 || true
	}
	if [ "$shows" != compiler ]; then
		root
		"$typerace" minimize "$crash" --time "${MINIMIZE:-30s}" --no-verify --toolchain "$on" >&2 || true
	fi
	for also in $(said "$case" also) "$on"; do
		"$typerace" report --crashes "$found" --only "$(basename "$crash")" --verify 10 \
			--toolchain "$also" >&2 || true
	done
	if [ "$shows" = data-race ]; then
		"$typerace" consequence "$crash" --time "${CONSEQUENCE:-120s}" --toolchain "$on" >&2 || true
	fi
	cp "$crash/issue.md" "docs/issues/$name.md"
	echo "docs/issues/$name.md" >&2
done
