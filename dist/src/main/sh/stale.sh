# shellcheck shell=bash disable=SC2154
# Sourced by ./fairlead and build.sh, which set `root` (the clone), `home` (the built installation) and `version`.

# True when a source is newer than the start of the last good build, or there was none.
sources_stale() {
    [[ -e $root/target/built && -e $home/lib/fairlead-cli-$version.jar ]] || return 0
    local m newer paths=("$root/pom.xml")
    for m in link hub agent cli dist; do paths+=("$root/$m/pom.xml" "$root/$m/src/main"); done
    newer=$(find "${paths[@]}" -newer "$root/target/built" -print -quit 2>/dev/null)
    [[ -n $newer ]]
}

# True when the console can be built and a source of it is newer than it. The contract is one of them.
web_stale() {
    local newer
    type -P node >/dev/null && type -P npm >/dev/null || return 1
    [[ -e $root/target/web-built && -e $home/web/index.html ]] || return 0
    newer=$(find "$root/web/src" "$root/web/public" "$root"/web/*.* "$root/hub/src/main/resources/openapi" \
        -newer "$root/target/web-built" ! -name contract.d.ts ! -path "$root/web/src/api" -print -quit 2>/dev/null)
    [[ -n $newer ]]
}

# True when the AOT caches do not belong to these jars and this JDK. Being without costs start-up time only.
programs_untrained() {
    local jdk newer
    [[ -e $home/aot/trained ]] || return 0
    read -r jdk <"$home/aot/trained" || true
    newer=$(find "$home/lib" -newer "$home/aot/trained" -print -quit 2>/dev/null)
    [[ $jdk != "$JAVA_HOME" || -n $newer ]]
}

# True when none of our jars came after the caches. The JVM does not look (25 validates its own modules, not what is on the
# class path), and would run the classes of then.
caches_current() {
    local jar
    for jar in "$home"/lib/fairlead-*.jar; do
        if [[ $jar -nt $home/aot/trained ]]; then return 1; fi
    done
}

# Sets the array java_options for a program (hub, agent or cli) and, for the CLI, its command.
java_options() {
    local cache=$1
    java_options=(-Dfairlead.home="$home" -Djava.library.path="$home/native")
    if [[ $1 == agent ]]; then
        java_options+=("@$root/dist/src/main/agent/jvm.options")
    else
        java_options+=(
            --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dio.netty.leakDetection.level=disabled
            # Nobody records Netty's events, and setting them up takes a tenth of a second.
            -Dio.netty.jfr.enabled=false
        )
    fi
    # A short command is as small as the agent, for the same reasons. It logs nothing and says so to nobody.
    if [[ $1 == cli ]]; then
        java_options+=(
            -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0
            -Djdk.reflect.useNativeAccessorOnly=true -Djdk.virtualThreadScheduler.parallelism=8
            -Dslf4j.internal.verbosity=ERROR
        )
    fi
    # Commands that carry no stream end before the second compiler would pay. OpenSSH waits for `proxy`, so nothing is
    # compiled at once at its start, and less soon after; a forward that has just begun rather gets its speed sooner.
    case $1:${2-} in
        cli:proxy)
            cache=proxy
            java_options+=(-XX:-AOTRecordTraining -XX:-AOTReplayTraining
                -XX:Tier3InvocationThreshold=1000 -XX:Tier3MinInvocationThreshold=500
                -XX:Tier3CompileThreshold=10000 -XX:Tier3BackEdgeThreshold=300000 -XX:Tier3DelayOn=0)
            ;;
        cli:exec | cli:forward) cache=stream ;;
        cli:*) java_options+=(-XX:TieredStopAtLevel=1) ;;
    esac
    if [[ -n ${FAIRLEAD_RECORD-} ]]; then
        java_options+=(-Xlog:disable -XX:AOTMode=record -XX:AOTConfiguration="$FAIRLEAD_RECORD/$cache.conf")
    elif [[ -r $home/aot/$cache.aot ]] && caches_current; then
        java_options+=(-XX:AOTCache="$home/aot/$cache.aot")
    fi
}
