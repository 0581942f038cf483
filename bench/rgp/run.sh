#!/usr/bin/env bash
# Calls a second over HTTP at 1, 16 and 64 connections beside a static reply of nginx, in one run on
# one machine. usage: bench/rgp/run.sh [SECONDS-EACH]     needs wrk and nginx
set -euo pipefail
seconds=${1:-5}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
rig=$root/.build/release/rig
for tool in wrk nginx; do
    command -v "$tool" >/dev/null || {
        echo "bench-rgp: $tool is not installed (apt-get install $tool)" >&2
        exit 1
    }
done

work=$(mktemp -d)
pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
chmod 755 "$work"
cd "$work"

# nginx: one worker, since rig has one loop; the same bytes as an answer of RGP has.
"$rig" init >/dev/null
sed -i 's/127.0.0.1:8741/127.0.0.1:0/' rig.yaml
"$rig" add path "$root/packs/python/rig-pack-echo" --as py >/dev/null
"$rig" add path "$root/packs/node/pack-echo" --as js >/dev/null
"$rig" serve 2>serve.log &
pids+=($!)
for _ in $(seq 600); do
    grep -q '"event":"ready"' serve.log && break
    sleep 0.1
done
address=$(sed -n 's/.*"event":"ready".*"listen":"\([^"]*\)".*/\1/p' serve.log)
RIG_TOKEN=$(cat .rig/tokens/agent)
export RIG_TOKEN
reply=$(curl -s "http://$address/v1/tools/py.say/call" -H "Authorization: Bearer $RIG_TOKEN" \
    -H 'Content-Type: application/json' -d '{"args":{"text":"hello"}}')

nginx_port=$((20000 + RANDOM % 20000))
cat >nginx.conf <<CONF
daemon off;
pid $work/nginx.pid;
error_log stderr crit;
worker_processes 1;
events { worker_connections 1024; }
http {
    access_log off;
    default_type application/json;
    keepalive_requests 100000000;
    client_body_temp_path $work/body; proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi; uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
    server {
        listen 127.0.0.1:$nginx_port;
        location / { return 200 '$reply'; }
    }
}
CONF
nginx -c "$work/nginx.conf" -p "$work" &
pids+=($!)
sleep 1

echo "# bench/rgp/run.sh $seconds: $(nproc) processors, load before $(cut -d' ' -f1 /proc/loadavg)"
measure() { # name url connections
    printf '%-18s %3s connections   ' "$1" "$3"
    wrk -t1 -c"$3" -d"${seconds}s" --timeout 10s -s "$root/bench/rgp/call.lua" "$2" |
        grep 'calls/s'
}
for connections in 1 16 64; do
    measure 'nginx, static' "http://127.0.0.1:$nginx_port/" "$connections"
    measure 'rig py.say' "http://$address/v1/tools/py.say/call" "$connections"
    measure 'rig js.say' "http://$address/v1/tools/js.say/call" "$connections"
done

echo
echo '# where the nanoseconds of those calls went: mean of each stage, microseconds'
curl -s "http://$address/metrics" -H "Authorization: Bearer $RIG_TOKEN" | awk -F'[{}" ]' '
    /^rig_stage_seconds_sum/ { sum[$3] = $NF }
    /^rig_stage_seconds_count/ { count[$3] = $NF }
    END { for (stage in sum) if (count[stage] > 0)
        printf "%-10s %8.1f\n", stage, sum[stage] / count[stage] * 1e6 }' | sort
