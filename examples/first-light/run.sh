#!/usr/bin/env bash
# The main job from an empty folder: two packs, a call to each, what is refused, and the record of
# it all. Every step says what it shows and fails when it does not show it.
#
# usage: examples/first-light/run.sh [PATH-TO-RIG]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
rig=$(realpath "${1:-$root/.build/release/rig}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
steps=0
output=''

# step TITLE STATUS PATTERN COMMAND...: runs the command, shows it and what it prints, and holds its
# exit status and its output against what the title claims.
step() {
    local title=$1 want=$2 pattern=$3 status=0
    shift 3
    steps=$((steps + 1))
    printf '\n\033[1m%d. %s\033[0m\n$ rig' "$steps" "$title"
    printf ' %q' "$@"
    printf '\n'
    output=$("$rig" "$@" 2>&1) || status=$?
    printf '%s\n' "$output"
    if [ "$status" -ne "$want" ]; then
        printf 'demo: step %d ended with status %d, not %d\n' "$steps" "$status" "$want" >&2
        exit 1
    fi
    if ! grep -qE -- "$pattern" <<<"$output"; then
        printf 'demo: step %d did not show /%s/\n' "$steps" "$pattern" >&2
        exit 1
    fi
}

step 'An empty folder becomes a RIG folder' 0 'rig\.yaml' init
step 'A Python pack is described inside the jail and mounted' 0 'py\.say +read' \
    add path "$root/packs/python/rig-pack-echo" --as py
step 'A Node pack with the same tools beside it' 0 'js\.say +read' \
    add path "$root/packs/node/pack-echo" --as js
step 'What an agent may be shown' 0 'js\.wipe +destructive' list
step 'A call through the Python worker' 0 'hello from python' \
    call py.say '{"text": "hello from python"}'
step 'A call through the Node worker' 0 'hello from node' \
    call js.say '{"text": "hello from node"}'
step 'Arguments that break the schema never reach a worker' 1 'validation_failed' \
    call py.say '{"text": 7, "loud": true}'
step 'Two readers never disagree about a key: duplicates are refused' 2 'invalid_request' \
    call py.say '{"text": "a", "te\u0078t": "b"}'
step 'A destructive tool is denied by default' 4 'policy_denied' call js.wipe '{}'
pay='{"to": "alice", "amount": 100, "currency": "EUR"}'
step 'A tool that moves money waits for a person' 3 'approval_required' call js.pay "$pay"
step 'A person looks at the exact arguments and agrees' 0 'alice' \
    approve "$(grep -oE 'ap_[a-z0-9]+' <<<"$output" | head -1)"
step 'The same call, repeated, runs' 0 '"amount":100|receipt|line|number' call js.pay "$pay"
step 'And it runs once: the approval is used up' 3 'approval_required' call js.pay "$pay"
requests='{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"demo","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"py_say","arguments":{"text":"hello over MCP"}}}'
step 'The same tool, for an MCP host' 0 '"structuredContent":\{"text":"hello over MCP"\}' \
    serve mcp <<<"$requests"
step 'Every way out of the jail that is known is tried, live' 0 'holds' doctor --sandbox
step 'Every call is on record' 0 'policy_denied' audit query
printf '\n\033[1mAll %d steps did what they say.\033[0m\n' "$steps"
