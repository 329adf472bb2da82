#!/bin/sh
# Is the crate complete? Packages it, unpacks it far from the checkout, installs it from there with
# cargo install, and lets the program run a campaign in an empty folder.
set -eu
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

cargo package --locked --allow-dirty --no-verify --quiet --target-dir "$new/target"
tar -xzf "$new"/target/package/typerace-*.crate -C "$new"
mv "$new"/typerace-* "$new/unpacked"
# What the dependencies are compiled to is shared with the checkout.
CARGO_TARGET_DIR=$target cargo install --locked --path "$new/unpacked" --root "$new/installed" --no-track
# Nothing is left of the sources.
rm -rf "$new/unpacked" "$new/target"
mkdir "$new/empty"
cd "$new/empty"
"$new/installed/bin/typerace" --version
"$new/installed/bin/typerace" fuzz --seed 1 --execs 50 --minimize-percent 0 || [ $? -eq 1 ]
echo "test-install: the installed program runs a campaign"
