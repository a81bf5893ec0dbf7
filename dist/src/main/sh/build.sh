#!/usr/bin/env bash
# Builds the programs and trains their AOT caches; called by ./fairlead with JAVA_HOME set to a JDK 25.
# Two starts at once do not build twice: the second waits and then finds nothing to do.
set -euo pipefail

root=$1
version=0.1.0
home=$root/dist/target/fairlead
log=$root/target/build.log
# shellcheck source=dist/src/main/sh/stale.sh
. "${BASH_SOURCE[0]%/*}/stale.sh"

say() { printf 'fairlead: %s\n' "$*" >&2; }
fail() {
    say "$@"
    exit 70
}

# A clone of somebody else: run what they built, or say who must build.
if ! mkdir -p "$root/target" "$root/dist/target" 2>/dev/null || [[ ! -w $root/target || ! -w $root/dist/target ]]; then
    if [[ ! -e $home/lib/fairlead-cli-$version.jar ]]; then
        fail "$root is not built, and $(id -un) may not write there. Run '$root/fairlead build' as $(stat -c %U "$root")."
    fi
    if sources_stale; then say "the sources in $root are newer than its programs, and $(id -un) may not build there; running what is there."; fi
    exit 0
fi

exec 9>"$root/target/build.lock"
if ! flock -n 9; then
    say "another start is building; waiting for it."
    flock 9
fi

# Turns Maven's log into one line that says where it is.
progress() {
    local line name=starting step='' files=0 last=0 terminal=
    if [[ -t 2 ]]; then terminal=yes; fi
    while IFS= read -r line; do
        printf '%s\n' "$line"
        case $line in
            *'Downloaded from '*) files=$((files + 1)) ;;
            '[INFO] Building '*'['*'/'*']')
                name=${line#'[INFO] Building '} name=${name%% 0.*} step=${line##*[} step=${step%]}
                if [[ -z $terminal ]]; then say "building $name ($step)"; fi
                ;;
        esac
        if [[ -n $terminal && ($SECONDS -ne $last || $line == '[INFO] Building '*) ]]; then
            last=$SECONDS
            printf '\r\033[Kfairlead: building %s %s, %d files fetched, %d s' "$name" "${step:+($step)}" "$files" "$SECONDS" >&2
        fi
    done
    if [[ -n $terminal ]]; then printf '\r\033[K' >&2; fi
}

build() {
    [[ -x $JAVA_HOME/bin/javac ]] || fail "$JAVA_HOME is a Java 25 without a compiler. Install a JDK 25 (not a JRE), or set JAVA_HOME to one."
    type -P mvn >/dev/null || fail "no Maven here; it builds Fairlead. Install it: 'apt install maven'."
    if [[ ! -d ${HOME-}/.m2/repository ]]; then say "first build: Maven fetches the libraries once, which takes a few minutes."; fi
    local started=$root/target/building
    : >"$started" # sources changed while Maven runs are newer than this, and built next time
    SECONDS=0
    if ! (cd "$root" && mvn -B -T1C -DskipTests -pl dist -am package </dev/null 2>&1) | progress >"$log"; then
        grep -F '[ERROR]' "$log" | grep -vE '^\[ERROR\] *($|\[Help|To see the full|Re-run Maven|For more information|After correcting)' | head -n 15 >&2 ||
            tail -n 15 "$log" >&2
        fail "the build failed; the whole log is in $log"
    fi
    mv -f "$started" "$root/target/built"
    say "built in $SECONDS s."
}

# One run of each program that records the classes it loads and links (JEP 514). None needs a network.
train() {
    local program main args
    rm -rf "$home/aot"
    mkdir -p "$home/aot"
    for program in cli agent hub; do
        main=dev.fairlead.$program.Main args=(--version)
        if [[ $program == cli ]]; then args=(version); fi
        java_options "$program" # levels of compilation do not matter to a cache
        if "$JAVA_HOME/bin/java" -XX:AOTCacheOutput="$home/aot/$program.new" "${java_options[@]}" \
            -cp "$home/lib/fairlead-$program-$version.jar" "$main" "${args[@]}" >>"$log" 2>&1 </dev/null; then
            mv -f "$home/aot/$program.new" "$home/aot/$program.aot"
        else
            rm -f "$home/aot/$program.new"
        fi
    done
    printf '%s\n' "$JAVA_HOME" >"$home/aot/trained"
}

if sources_stale; then
    build
    train
elif programs_untrained; then
    train
fi
# Root in somebody's clone leaves nothing that its owner cannot replace.
if ((EUID == 0)) && [[ $(stat -c %u "$root") != 0 ]]; then
    chown -Rh --reference="$root" "$root"/target "$root"/*/target "$root/dist/target"
fi
