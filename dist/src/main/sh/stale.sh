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
    java_options=(
        --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
        -Dfairlead.home="$home" -Djava.library.path="$home/native" -Dio.netty.leakDetection.level=disabled
        # Nobody records Netty's events, and setting them up takes a tenth of a second.
        -Dio.netty.jfr.enabled=false
    )
    # A short command and a small agent need no parallel collector: its threads cost start-up time and memory. Their AOT
    # caches stay at their own address: relocated, 20 MB of their pages would be written at each start. What they call by
    # reflection they call once or twice, so that no code is made for it.
    if [[ $1 != hub ]]; then
        java_options+=(
            -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0
            -Djdk.reflect.useNativeAccessorOnly=true
            # On a small machine, virtual threads that wait for a class are soon all that may run (CarrierWatch).
            -Djdk.virtualThreadScheduler.parallelism=8
        )
    fi
    # What was hot in the rehearsal is compiled at once at a start (JEP 515), which takes half of the processor's time
    # then. Somebody waits for these; a forward that has just begun rather gets its speed sooner.
    case $1:${2-} in
        agent:* | cli:proxy) java_options+=(-XX:-AOTRecordTraining -XX:-AOTReplayTraining) ;;
    esac
    case $1 in
        # What the agent holds for streams is outside the heap; a start of 32 MB fits the objects of the AOT cache. Netty
        # takes a heap of less than 512 MB for a lack of memory, and then asks the system for each buffer of more than
        # 16 KiB, filled with zeros: a sixth of the agent's time where bytes pass.
        agent)
            java_options+=(
                -Xms32m -Xmn4m -Xmx256m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30 -XX:MaxDirectMemorySize=192m
                -XX:TrimNativeHeapInterval=10000 -XX:+ExitOnOutOfMemoryError -Dio.netty.allocator.lowMemory=false
                # Four times the usual: the second compiler comes when the link is there.
                -XX:Tier4InvocationThreshold=20000 -XX:Tier4MinInvocationThreshold=2400
                -XX:Tier4CompileThreshold=60000 -XX:Tier4BackEdgeThreshold=160000
            )
            ;;
        # It logs nothing and says so to nobody.
        cli) java_options+=(-Dslf4j.internal.verbosity=ERROR) ;;
    esac
    # Commands that carry no stream end before the second compiler would pay.
    case $1:${2-} in
        cli:proxy) cache=proxy ;;
        cli:exec | cli:forward) cache=stream ;;
        cli:*) java_options+=(-XX:TieredStopAtLevel=1) ;;
    esac
    if [[ -n ${FAIRLEAD_RECORD-} ]]; then
        java_options+=(-Xlog:disable -XX:AOTMode=record -XX:AOTConfiguration="$FAIRLEAD_RECORD/$cache.conf")
    elif [[ -r $home/aot/$cache.aot ]] && caches_current; then
        java_options+=(-XX:AOTCache="$home/aot/$cache.aot")
    fi
}
