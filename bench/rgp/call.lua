-- What wrk sends: one small call to the tool in RIG_TOOL.
wrk.method = "POST"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("RIG_TOKEN")
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"args":{"text":"hello"}}'

local failed = 0
function response(status, headers, body)
  if status ~= 200 then
    failed = failed + 1
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    "calls/s %8.0f   p50 %7d us   p99 %7d us   errors %d\n",
    summary.requests / summary.duration * 1e6, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
