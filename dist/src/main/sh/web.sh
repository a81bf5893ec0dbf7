#!/usr/bin/env bash
# Builds the console into the installation: web.sh ROOT. Fetches libraries only when the lock file changed.
set -euo pipefail

root=$1
home=$root/dist/target/fairlead

node=$(node --version)
major=${node#v} major=${major%%.*}
if ((major < 20)); then
    echo "the console needs Node.js 20.19 or later to be built; here is $node" >&2
    exit 69
fi
mkdir -p "$root/target" "$home"
started=$root/target/web-building
: >"$started" # what changes while it is built is newer than this, and built next time
cd "$root/web"
if ! cmp -s package-lock.json node_modules/.fairlead-lock; then
    npm ci --no-audit --no-fund
    cp package-lock.json node_modules/.fairlead-lock
fi
# Beside the old one, then in its place: a hub that runs meanwhile serves either.
FAIRLEAD_WEB_OUT=$home/web.new npm run -s build
rm -rf "$home/web.old"
if [[ -e $home/web ]]; then mv "$home/web" "$home/web.old"; fi
mv "$home/web.new" "$home/web"
rm -rf "$home/web.old"
mv -f "$started" "$root/target/web-built"
