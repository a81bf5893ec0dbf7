#!/usr/bin/env bash
# Trains the AOT caches of the programs that Maven has just assembled, as ./fairlead does after a build of its own.
set -euo pipefail

root=$(cd -- "${BASH_SOURCE[0]%/*}/../../../.." && pwd -P)
# shellcheck source=dist/src/main/sh/jdk.sh
. "${BASH_SOURCE[0]%/*}/jdk.sh"
find_jdk
exec bash "${BASH_SOURCE[0]%/*}/build.sh" "$root" --train
