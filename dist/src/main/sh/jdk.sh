# shellcheck shell=bash
# Sourced by ./fairlead and ./check.

# Sets and exports JAVA_HOME to a Java 25: JAVA_HOME itself, then /usr/lib/jvm, then the java of the PATH.
# Reads the `release` file of each and starts none: that costs nothing.
find_jdk() {
    local candidate seen=()
    for candidate in "${JAVA_HOME-}" /usr/lib/jvm/*; do
        if is_jdk "$candidate"; then return 0; fi
    done
    # Last, because it starts two processes, at each start of a program.
    if candidate=$(type -P java); then
        candidate=$(readlink -f -- "$candidate")
        if is_jdk "${candidate%/bin/java}"; then return 0; fi
    fi
    {
        echo "fairlead: no Java 25 here. Looked at JAVA_HOME (${JAVA_HOME:-not set}), /usr/lib/jvm and the PATH."
        if ((${#seen[@]})); then printf '  found: %s\n' "${seen[@]}"; fi
        echo "  Get a JDK 25: 'apt install openjdk-25-jdk-headless' where the distribution has it (Debian 13 on), or"
        echo "  Temurin 25 from https://adoptium.net/temurin/releases/?version=25 ; then set JAVA_HOME to its folder."
    } >&2
    return 1
}

# True, and exported as JAVA_HOME, when a folder holds a Java 25; other Javas are added to `seen`.
is_jdk() {
    local line
    if [[ -z $1 || ! -x $1/bin/java || ! -r $1/release ]]; then return 1; fi
    while IFS= read -r line; do
        [[ $line == JAVA_VERSION=* ]] || continue
        line=${line#*=} line=${line//\"/}
        if [[ $line == 25 || $line == 25.* ]]; then
            export JAVA_HOME=$1
            return 0
        fi
        seen+=("$1 (Java $line)")
    done <"$1/release"
    return 1
}
