#!/usr/bin/env bash
# slowhttptest -H, -B and -X against the program: does a thousand slow clients leave others their latency? For each kind of attack, the 99th percentile of a
# client of 8 connections at a steady rate before it and from its first connection to its end; it passes when the second is within twice the first. Wants a quiet
# machine: with others at work the figures mean nothing.
#
#   tests/Faults/slowhttptest.sh [CONNECTIONS] [SECONDS]        default 1000 60; exit code 0 when all pass, 1 when one does not, 2 when a tool is missing
set -euo pipefail
cd "$(dirname "$0")/../.."

connections=${1:-1000}
seconds=${2:-60}
configuration=${CONFIGURATION:-Release}
measure_seconds=$(( seconds / 2 > 5 ? seconds / 2 : 5 ))

for tool in slowhttptest python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install slowhttptest python3" >&2; exit 2; }
done
program="src/AsyncServer/bin/$configuration/net10.0/asyncserver.dll"
[ -f "$program" ] || { echo "$program is missing: dotnet build -c $configuration" >&2; exit 2; }

work=$(mktemp -d)
server='' attack=''
cleanup() {
    [ -z "$attack" ] || kill "$attack" 2>/dev/null || true
    [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
    rm -rf "$work"
}
trap cleanup EXIT

mkdir "$work/html" "$work/web"
echo hello >"$work/html/hello.txt"
head -c 4000000 /dev/zero >"$work/html/large.bin"
ulimit -n "$(ulimit -Hn)"
# The script that reads bodies takes a POST; the file is what slow readers read.
cp web/echo.csx "$work/web/"
dotnet "$program" --bind 127.0.0.1:0 --root "$work/html" --web "$work/web" >"$work/log" 2>&1 &
server=$!
for _ in $(seq 200); do
    port=$(sed -n 's/.*listens on 127\.0\.0\.1:\([0-9]*\):.*/\1/p' "$work/log")
    [ -n "$port" ] && break
    sleep 0.1
done
[ -n "$port" ] || { cat "$work/log" >&2; exit 2; }

# Prints the 99th percentile in microseconds; fails when an answer is wrong.
latency() { python3 tests/Faults/latency.py "$port" "$1"; }

latency 3 >/dev/null # warm
status=0
passed=0
for kind in H B X; do
    case $kind in
        H) options=(-H -i 10 -t GET -u "http://127.0.0.1:$port/hello.txt" -x 24) ;;
        B) options=(-B -i 10 -s 8192 -t POST -u "http://127.0.0.1:$port/echo.py" -x 10) ;;
        X) options=(-X -w 512 -y 1024 -n 5 -z 32 -k 3 -u "http://127.0.0.1:$port/large.bin") ;;
    esac
    before=$(latency "$measure_seconds")
    slowhttptest "${options[@]}" -c "$connections" -r 200 -l "$seconds" -p 3 >"$work/attack" 2>&1 &
    attack=$!
    { sleep $(( seconds / 6 > 2 ? seconds / 6 : 2 )); python3 tests/Faults/latency.py "$port" connections; } >"$work/open" & # when they are connected
    during=$(latency "$seconds")
    open=$(<"$work/open")
    wait "$attack" || true
    attack=''
    verdict=passed
    if [ "$during" -gt $(( 2 * before )) ]; then verdict=FAILED status=1; else passed=$((passed + 1)); fi
    echo "slowhttptest -$kind, $connections connections, $seconds s: $open open; others' p99 ${before} us before, ${during} us during: $verdict"
    sleep 3
done
kill -0 "$server" || { echo "the server has died" >&2; status=1; }
if grep -q ' fail: \| crit: ' "$work/log"; then grep ' fail: \| crit: ' "$work/log" >&2; status=1; fi
echo "$passed of 3 passed"
exit $status
