# Sourced by the samples' start scripts; expects $root.

# find_java NAME: sets $java, or ends with a sentence in which the command has that name.
find_java() {
    java=${JAVA_HOME:+$JAVA_HOME/bin/}java
    command -v "$java" >/dev/null 2>&1 || {
        echo "$1: no java found; install a JDK of version 17 or newer, or set JAVA_HOME to one." >&2
        exit 1
    }
    version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
    case ${version%%[.+-]*} in
        '' | *[!0-9]*)
            echo "$1: $java does not tell its version; install a JDK of version 17 or newer, or set JAVA_HOME to one." >&2
            exit 1
            ;;
    esac
    if [ "${version%%[.+-]*}" -lt 17 ]; then
        echo "$1: $java is of version $version; install a JDK of version 17 or newer, or set JAVA_HOME to one." >&2
        exit 1
    fi
}

# java_in_directory_of_its_own OPTION...: runs java with a temporary directory that goes when it ends, however it ends.
java_in_directory_of_its_own() {
    # Signals wait for the directory and the process, so that both are known when it is time to end them.
    pid=
    signalled=
    trap 'signalled=1; if [ -n "$pid" ]; then kill -TERM "$pid" 2>/dev/null || true; fi' INT TERM HUP
    directory=$(mktemp -d "${TMPDIR:-/tmp}/outbox-demo.XXXXXX")
    chmod 755 "$directory"
    # In the background, so that this shell can pass signals on and clean up. Redirecting standard input keeps the
    # terminal, of which a background process would be deprived.
    "$java" -XX:+UseSerialGC -XX:-UsePerfData -Djava.io.tmpdir="$directory" "$@" <&0 &
    pid=$!
    if [ -n "$signalled" ]; then kill -TERM "$pid" 2>/dev/null || true; fi
    code=0
    wait "$pid" || code=$?
    while kill -0 "$pid" 2>/dev/null; do
        code=0
        wait "$pid" || code=$?
    done
    rm -rf "$directory" || true
    exit "$code"
}

# build_if_older JAR MODULE: packages the module and what it needs, without tests, if the jar is missing or older than
# a source. Only then are Maven, and for the first time the network, needed. $maven_profile, if set, is the module's.
build_if_older() {
    if is_current "$1"; then
        return
    fi
    command -v mvn >/dev/null 2>&1 || {
        echo "No Maven found; install Maven 3.8.6 or newer, it is needed to build." >&2
        exit 1
    }
    # One build at a time, also when two are started at once.
    mkdir -p "$root/target" 2>/dev/null || true
    [ -w "$root/target" ] || {
        echo "You may not write to $root/target, which the build needs; build as its owner, or give it to you." >&2
        exit 1
    }
    lock=$root/target/samples-build.lock
    waited=0
    until take "$lock"; do
        if [ "$waited" -eq 0 ]; then echo "Waiting for another build (lock $lock) ..."; fi
        waited=$((waited + 1))
        if [ "$waited" -gt 600 ]; then
            echo "Another build has held $lock for ten minutes; delete it if there is none." >&2
            exit 1
        fi
        sleep 1
    done
    trap 'rm -rf "$lock"' EXIT
    maven=
    trap 'if [ -n "$maven" ]; then kill "$maven" 2>/dev/null; fi; exit 130' INT TERM HUP
    if ! is_current "$1"; then
        build "$2"
        # Maven leaves a jar alone whose content has not changed.
        touch "$1"
    fi
    rm -rf "$lock"
    trap - EXIT INT TERM HUP
}

# take LOCK: whether it is ours now. It is a file with the holder's process id; that of a process that is gone is void.
take() {
    # With noclobber, > makes the file or fails.
    if (set -C && echo $$ >"$1") 2>/dev/null; then
        return 0
    fi
    holder=$(cat "$1" 2>/dev/null) || return 1
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null && ! ps -p "$holder" >/dev/null 2>&1; then
        echo "Taking over the lock $1 of process $holder, which is gone."
        # Of two who find it void, only one can move it away.
        mv "$1" "$1.$$" 2>/dev/null && rm -f "$1.$$"
        waited=1
    fi
    return 1
}

is_current() {
    [ -f "$1" ] && [ -d "$(dirname "$1")/lib" ] && [ -z "$(find "$root" -name target -prune -o -name .git -prune -o \
        -path '*/src/test' -prune -o -type f \( -path '*/src/main/*' -o -name pom.xml \) -newer "$1" -print | head -n 1)" ]
}

build() {
    log=$root/target/samples-build.log
    echo "Building (the first time takes some minutes, for Maven downloads what is needed) ..."
    (cd "$root" && exec mvn -B -ntp -Dstyle.color=never -DskipTests ${maven_profile:+"-P$maven_profile"} -pl "$1" -am package) >"$log" 2>&1 </dev/null &
    maven=$!
    shown=0
    while kill -0 "$maven" 2>/dev/null; do
        sleep 1
        show_progress
    done
    show_progress
    if ! wait "$maven"; then
        grep -a '^\[ERROR\]' "$log" | head -n 20 >&2
        echo "The build failed; $log tells more." >&2
        exit 1
    fi
    maven=
}

show_progress() {
    count=$(grep -a -c '^\[INFO\] Building Outbox' "$log" || true)
    if [ "$count" -gt "$shown" ]; then
        grep -a '^\[INFO\] Building Outbox' "$log" | tail -n +$((shown + 1)) | sed 's/^\[INFO\] Building /  /'
        shown=$count
    fi
}
