#!/usr/bin/env bash
# Builds the programs and trains their AOT caches; called by ./fairlead with JAVA_HOME set to a JDK 25, and with --train
# by Maven, where it has built them itself.
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
    if ! (cd "$root" && mvn -B -T1C -Dmaven.test.skip=true -pl dist -am package </dev/null 2>&1) | progress >"$log"; then
        grep -F '[ERROR]' "$log" | grep -vE '^\[ERROR\] *($|\[Help|To see the full|Re-run Maven|For more information|After correcting)' | head -n 15 >&2 ||
            tail -n 15 "$log" >&2
        fail "the build failed; the whole log is in $log"
    fi
    mv -f "$started" "$root/target/built"
    say "built in $SECONDS s."
}

# AOT caches (JEP 514) halve the time of a start. They are trained by a rehearsal: a quickstart on a folder of its own
# and a few commands, all on loopback. FAIRLEAD_TRAIN=no leaves it out; a rehearsal that fails costs start-up time only.
train() {
    rm -rf "$home/aot"
    mkdir -p "$home/aot"
    printf '%s\n' "$JAVA_HOME" >"$home/aot/trained"
    if [[ ${FAIRLEAD_TRAIN-} == no ]]; then return 0; fi
    say "training the start of its programs (once per build)"
    local stage cache
    # Root's database runs as another user, who has to reach it.
    stage=$(mktemp -d "${TMPDIR:-/tmp}/fairlead-rehearsal.XXXXXX") && chmod 711 "$stage"
    rehearse "$stage" >>"$log" 2>&1 || say "the rehearsal failed, so starts will be slower; see $log"
    # Each takes one processor for some seconds.
    for cache in hub agent cli stream proxy; do
        if (($(jobs -pr | wc -l) >= $(nproc))); then wait -n || true; fi
        if [[ -s $stage/$cache.conf ]]; then assemble "$cache" "$stage/$cache.conf" >>"$log" 2>&1 & fi
    done
    wait
    rm -rf "$stage"
    touch "$home/aot/trained"
}

rehearse() {
    local stage=$1 hub i node host
    export FAIRLEAD_HOME=$stage/home FAIRLEAD_NO_BUILD=1 FAIRLEAD_RECORD=$stage
    "$root/fairlead" quickstart --port 0 --data "$stage/data" >"$stage/out" 2>&1 </dev/null 9>&- &
    hub=$!
    for ((i = 0; i < 1200; i++)); do
        if grep -q 'Ctrl-C' "$stage/out" || ! kill -0 "$hub" 2>/dev/null; then break; fi
        sleep 0.1
    done
    node=$(sed -n 's/^  Node  *\([^ ,]*\).*/\1/p' "$stage/out")
    host=${node:-none}.default.fairlead
    "$root/fairlead" exec "${node:-none}" -- true </dev/null || true
    # Bytes in bulk, both ways: what carries them is compiled at once at a start, not while it carries the first ones.
    "$root/fairlead" exec "${node:-none}" -- head -c 1G /dev/zero </dev/null >/dev/null || true
    head -c 1G /dev/zero | "$root/fairlead" exec "${node:-none}" -- sh -c 'cat >/dev/null' || true
    # All that the agent serves, and what OpenSSH starts; the connection that it keeps open has to end first.
    if type -P ssh scp >/dev/null; then
        "$root/fairlead" ssh "${node:-none}" true </dev/null || true
        scp -q -F "$FAIRLEAD_HOME/ssh_config" "$stage/out" "$host:$stage/copy" || true
        ssh -F "$FAIRLEAD_HOME/ssh_config" -tt "$host" true </dev/null || true
        ssh -F "$FAIRLEAD_HOME/ssh_config" -O exit "$host" || true
    fi
    # Last, so that what is kept for the commands without a stream is this.
    "$root/fairlead" rehearse version --hub -- nodes -- node show "${node:-none}" || true
    kill -TERM "$hub" && wait "$hub"
    cat "$stage/out"
}

assemble() {
    local program=$1 cache=$1 conf=$2 command=''
    if [[ $cache == stream || $cache == proxy ]]; then program=cli; fi
    if [[ $cache == proxy ]]; then command=proxy; fi
    (
        unset FAIRLEAD_RECORD
        java_options "$program" "$command"
        exec "$JAVA_HOME/bin/java" "${java_options[@]}" -XX:AOTMode=create -XX:AOTConfiguration="$conf" \
            -XX:AOTCache="$home/aot/$cache.aot" -cp "$home/lib/fairlead-$program-$version.jar"
    )
}

# The console, beside what follows, until web_built: Maven waits for its libraries first. A hub without a console has a page
# that says what to type, so this stops nothing where Node.js is missing.
web=''
begin_web() {
    if ! type -P node >/dev/null || ! type -P npm >/dev/null; then
        say "no Node.js and npm here, so this hub has no console. To build it, install Node.js 20 or later with npm."
        return 0
    fi
    web_stale || return 0
    say "building the console"
    (
        trap - INT # which bash ignores for what runs in the background
        exec bash "${BASH_SOURCE[0]%/*}/web.sh" "$root" >"$root/target/web.log" 2>&1
    ) &
    web=$!
}

web_built() {
    if [[ $web ]] && ! wait "$web"; then
        tail -n 15 "$root/target/web.log" >&2
        fail "the console could not be built; the whole log is in $root/target/web.log"
    fi
}

if [[ ${2-} == --train ]]; then # what Maven has just built
    train
elif sources_stale; then
    begin_web
    build
    web_built
    train
else
    begin_web
    web_built
    if programs_untrained; then train; fi
fi
# Root in somebody's clone leaves nothing that its owner cannot replace.
if ((EUID == 0)) && [[ $(stat -c %u "$root") != 0 ]]; then
    chown -Rh --reference="$root" "$root"/target "$root"/*/target "$root/dist/target"
fi
