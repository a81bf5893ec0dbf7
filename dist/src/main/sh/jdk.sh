# shellcheck shell=bash
# Sourced by ./fairlead and ./check.

# Sets and exports JAVA_HOME to a Java 25: JAVA_HOME itself, then /usr/lib/jvm, then the java of the PATH.
# Reads the `release` file of each and starts none: that costs nothing.
find_jdk() {
    local candidate line seen=()
    local -a candidates=("${JAVA_HOME-}" /usr/lib/jvm/*)
    if line=$(type -P java); then
        line=$(readlink -f -- "$line")
        candidates+=("${line%/bin/java}")
    fi
    for candidate in "${candidates[@]}"; do
        if [[ -z $candidate || ! -x $candidate/bin/java || ! -r $candidate/release ]]; then continue; fi
        while IFS= read -r line; do
            [[ $line == JAVA_VERSION=* ]] || continue
            line=${line#*=} line=${line//\"/}
            if [[ $line == 25 || $line == 25.* ]]; then
                export JAVA_HOME=$candidate
                return 0
            fi
            seen+=("$candidate (Java $line)")
        done <"$candidate/release"
    done
    {
        echo "fairlead: no Java 25 here. Looked at JAVA_HOME (${JAVA_HOME:-not set}), /usr/lib/jvm and the PATH."
        if ((${#seen[@]})); then printf '  found: %s\n' "${seen[@]}"; fi
        echo "  Get a JDK 25: 'apt install openjdk-25-jdk-headless' where the distribution has it (Debian 13 on), or"
        echo "  Temurin 25 from https://adoptium.net/temurin/releases/?version=25 ; then set JAVA_HOME to its folder."
    } >&2
    return 1
}
