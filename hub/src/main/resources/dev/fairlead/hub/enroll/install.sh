#!/bin/sh
# Installs the Fairlead agent that @HUB@ serves, and enrols this machine there.
# An enrolment token is read from standard input, so that it shows in no list of processes.
#
#   printf '%s\n' TOKEN | sh agent.sh [options]     install and enrol
#   sh agent.sh [options] </dev/null                install or upgrade; what is enrolled stays so
#   sh /opt/fairlead/install.sh --uninstall         take it away; --purge: its configuration and key too
#
# Options: --user NAME   run the agent as this user, not as root; its sessions are then NAME's only
#                        (default: as it was installed, at first root)
#          --proxy URL   go out through this HTTP proxy (default: HTTPS_PROXY, unless NO_PROXY has the hub)
#          --no-start    install and enrol only
set -eu

hub='@HUB@'
package_sha256='@PACKAGE_SHA256@'
# The CA of the hub's TLS certificate where no public one signed it, else empty.
ca='@CA@'

home=/opt/fairlead
config=/etc/fairlead/agent.yaml
state=/var/lib/fairlead/agent
unit=/etc/systemd/system/fairlead-agent.service
pid_file=/run/fairlead-agent.pid
log=/var/log/fairlead-agent.log

say() { printf 'fairlead: %s\n' "$*"; }
die() {
    printf 'fairlead: %s\n' "$*" >&2
    exit 1
}

# Whether the hub is one of NO_PROXY: a name, the end of one, or all.
goes_direct() {
    host=${hub#https://}
    host=${host%:*}
    for entry in $(printf %s "${NO_PROXY:-${no_proxy:-}}" | tr ',*' ' +'); do
        entry=${entry#+}
        entry=${entry#.}
        case $host in "$entry" | *".$entry") return 0 ;; esac
        [ -n "$entry" ] || return 0
    done
    return 1
}

user='' proxy=${HTTPS_PROXY:-${https_proxy:-}} start=yes action=install
if goes_direct; then proxy=; fi
given=$*
while [ $# -gt 0 ]; do
    case $1 in
        --user) user=${2:?--user needs a name}; shift ;;
        --proxy) proxy=${2:?--proxy needs an address}; shift ;;
        --no-start) start=no ;;
        --uninstall) if [ "$action" = install ]; then action=uninstall; fi ;;
        --purge) action=purge ;;
        *) die "unknown option $1; the first lines of this script list them" ;;
    esac
    shift
done

if [ "$(uname -s) $(uname -m)" != 'Linux x86_64' ]; then
    die "this installer is for Linux on x86_64, and this is $(uname -s) on $(uname -m)."
fi
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || die "run this as root: it writes to $home, /etc and /var/lib."
    # Not through the environment, which sudo clears. A password in it would show in the list of processes.
    case $given:$proxy in
        *--proxy*:*) set -- ;;
        *:*@*) die "HTTPS_PROXY holds a password. Run this as root, or give --proxy http://HOST:PORT and put user and password-file into $config." ;;
        *:?*) set -- --proxy "$proxy" ;;
    esac
    # shellcheck disable=SC2086 # the options were words without blanks
    exec sudo sh "$0" $given "$@"
fi

# Split into address, user and password: the agent takes the password from a file.
proxy_user='' proxy_password=''
case $proxy in
    '') ;;
    http://*) proxy=${proxy#http://} ;;
    *://*) die "the proxy must be an HTTP proxy, http://HOST:PORT, not ${proxy%%:*}." ;;
esac
case $proxy in
    *@*)
        proxy_user=${proxy%@*}
        proxy=${proxy##*@}
        case $proxy_user in *:*) proxy_password=${proxy_user#*:} ;; esac
        proxy_user=${proxy_user%%:*}
        ;;
esac
proxy=${proxy%/}
case $proxy$proxy_user in *[!A-Za-z0-9._:-]*) die "the proxy is no http://HOST:PORT; percent signs and brackets are for you to write into $config." ;; esac

# An agent that is there runs as the owner of its key.
if [ -z "$user" ]; then
    user=root
    if [ -d "$state" ]; then user=$(stat -c %U "$state"); fi
fi
if ! id "$user" >/dev/null 2>&1; then
    if [ "$action" = install ]; then
        die "there is no user $user; create it first (useradd --system --create-home $user), or give another: --user NAME"
    fi
    user=root
fi

has_systemd() { [ -d /run/systemd/system ]; }

# The agent's command, as the agent's user.
agent() {
    command=$1
    shift
    set -- "$home/bin/fairlead" agent "$command" --config "$config" --state "$state" "$@"
    if [ "$user" != root ]; then set -- setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups "$@"; fi
    "$@"
}

runs() { grep -qs "$home/" "/proc/$1/cmdline"; }

# Returns when it has ended: until then it holds the lock of its folder, and a new one could not start.
stop_agent() {
    if has_systemd; then
        if [ -e "$unit" ]; then systemctl stop fairlead-agent.service; fi
    elif [ -r "$pid_file" ]; then
        pid=$(cat "$pid_file")
        tries=0
        while runs "$pid"; do
            if [ "$tries" = 0 ]; then kill "$pid" || true; fi
            tries=$((tries + 1))
            if [ "$tries" -gt 100 ]; then
                say "the old agent (pid $pid) did not end within 20 s and is killed."
                kill -KILL "$pid" || true
                tries=1
            fi
            sleep 0.2
        done
        rm -f "$pid_file"
    fi
}

if [ "$action" != install ]; then
    # First: one that is just linking would take the link over from the one that says good-bye.
    stop_agent
    if [ "$action" = purge ] && [ -e "$home/bin/fairlead" ] && ! agent leave; then
        say "the hub was not told; remove this node there with: fairlead node rm NAME"
    fi
    if [ -e "$unit" ]; then
        systemctl disable --quiet fairlead-agent.service
        rm -f "$unit"
        systemctl daemon-reload
    fi
    rm -rf "$home"
    if [ "$action" = purge ]; then
        rm -rf "$config" "${config%/*}/proxy-password" "$state" "$log"
        rmdir "${config%/*}" "${state%/*}" 2>/dev/null || true # where nothing else is in them
    fi
    say "the agent is removed$([ "$action" = purge ] || echo "; $config and the key in $state are kept (--purge takes them away)")."
    exit 0
fi

for tool in curl tar gzip sha256sum mktemp setpriv setsid; do
    command -v "$tool" >/dev/null || die "this needs $tool; install it and run this again."
done
token=
if [ ! -t 0 ]; then IFS= read -r token || true; fi

umask 022
mkdir -p "${home%/*}"
work=$(mktemp -d "${home%/*}/.fairlead.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

say "fetching the agent from $hub"
set -- --fail --silent --show-error --output "$work/agent.tar.gz"
if [ -n "$ca" ]; then
    printf '%s\n' "$ca" >"$work/ca.pem"
    set -- "$@" --cacert "$work/ca.pem"
fi
if [ -n "$proxy" ]; then
    set -- "$@" --proxy "http://$proxy"
    if [ -n "$proxy_user" ]; then
        (umask 077 && printf 'proxy-user = "%s:%s"\n' "$proxy_user" "$(printf %s "$proxy_password" | sed 's/[\\"]/\\&/g')" >"$work/curlrc")
        set -- --config "$work/curlrc" "$@"
    fi
fi
curl "$@" "$hub/install/fairlead-agent-linux-amd64.tar.gz" ||
    die "the agent could not be fetched from $hub; nothing was changed. $(
        if [ -n "$proxy" ]; then echo "Is $proxy the right proxy? Give another with --proxy http://[USER:PASSWORD@]HOST:PORT"; else echo "Does this machine go out through a proxy only? Then give it: --proxy http://HOST:PORT"; fi
    )"
echo "$package_sha256  $work/agent.tar.gz" | sha256sum -c - >/dev/null 2>&1 ||
    die "what came is not the agent that this script belongs to: the hub has a newer one, or something in between changed it. Nothing was changed; make a new line with: fairlead token create"
tar -xzf "$work/agent.tar.gz" -C "$work" --no-same-owner || die "the agent could not be unpacked in ${home%/*} (is the disk full?); nothing was changed."
"$work/fairlead/runtime/bin/java" -Xshare:off -version >/dev/null 2>&1 ||
    die "the agent's Java does not run here. It needs glibc 2.17 or later (not musl), and $work must not be mounted noexec."

# For --uninstall. This script may be that very copy, so it is taken before the old one goes.
if [ -f "$0" ]; then cp "$0" "$work/fairlead/install.sh"; fi
stop_agent
if [ -e "$home" ]; then mv "$home" "$work/old"; fi
mv "$work/fairlead" "$home"
# Trained here, for this machine's processor; being without costs a second at each start, nothing else.
mkdir -p "$home/aot"
FAIRLEAD_JAVA_OPTS="-XX:AOTCacheOutput=$home/aot/agent.aot" "$home/bin/fairlead" agent --version >/dev/null 2>&1 ||
    rm -rf "$home/aot"

mkdir -p "${config%/*}" "$state"
if [ ! -e "$config" ]; then
    {
        echo "# What this machine allows: its owner decides, the hub cannot widen it. Keys: docs/configuration-agent.md."
        if [ -n "$proxy" ]; then printf 'proxy:\n  url: http://%s\n' "$proxy"; fi
        if [ -n "$proxy_user" ]; then printf '  user: %s\n  password-file: proxy-password\n' "$proxy_user"; fi
        echo "# logins: [$user]"
    } >"$config"
    if [ -n "$proxy_user" ]; then
        (umask 077 && printf '%s' "$proxy_password" >"${config%/*}/proxy-password")
    fi
fi
if [ -n "$proxy" ] && ! grep -q '^proxy:' "$config"; then
    say "$config is yours and left as it is, but has no proxy. Add:  proxy: {url: \"http://$proxy\"}"
fi
if [ -e "${config%/*}/proxy-password" ]; then chown "$user": "${config%/*}/proxy-password"; fi
chown -R "$user": "$state"
chmod 700 "$state"

# A node that there was goes on, even if this token is not for it.
joined=yes
if [ -n "$token" ]; then
    printf '%s\n' "$token" | agent join --token-stdin || joined=no
fi
if [ ! -e "$state/state.json" ]; then start=no; fi
as_user=''
if [ "$user" != root ]; then as_user="runuser -u $user -- "; fi

if has_systemd; then
    # As root unless --user, and no sandbox: every session would inherit it.
    cat >"$unit" <<UNIT
[Unit]
Description=Fairlead agent
Wants=network-online.target
After=network-online.target

[Service]
User=$user
ExecStart=$home/bin/fairlead agent run --config $config --state $state
Restart=always
RestartSec=5
# Starting again cannot help: the hub has removed this node (77), agent.yaml cannot be used (78).
RestartPreventExitStatus=77 78
# Like sshd: what a session left running on purpose outlives a restart.
KillMode=process
TasksMax=infinity
OOMPolicy=continue

[Install]
WantedBy=multi-user.target
UNIT
    systemctl daemon-reload
    systemctl enable --quiet fairlead-agent.service
    start_command='systemctl start fairlead-agent'
    if [ "$start" = yes ]; then
        systemctl restart fairlead-agent.service
        say "installed and started. See it with: systemctl status fairlead-agent"
    fi
else
    start_command="${as_user}$home/bin/fairlead agent run --config $config --state $state"
    if [ "$start" = yes ]; then
        touch "$log"
        chown "$user": "$log"
        set -- setsid "$home/bin/fairlead" agent run --config "$config" --state "$state"
        if [ "$user" != root ]; then set -- setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups "$@"; fi
        cd / # the folder that this was called in may go
        "$@" </dev/null >>"$log" 2>&1 &
        echo $! >"$pid_file"
        say "installed and started; it writes to $log. There is no systemd here: to start it with the machine, let your init run"
        say "  $start_command"
    fi
fi

join="${as_user}$home/bin/fairlead agent join --config $config --state $state"
if [ "$joined" = no ]; then
    die "the agent is installed, but this token enrolled nothing (see above). Make a new one with: fairlead token create --join, and run here: printf '%s\n' TOKEN | $join --token-stdin$([ "$start" = yes ] || echo " && $start_command")"
elif [ ! -e "$state/state.json" ]; then
    say "installed, but this machine is not enrolled yet: $join --hub $hub && $start_command"
elif [ "$start" = no ]; then
    say "installed. Start it with: $start_command"
fi
