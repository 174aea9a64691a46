-- Sends requests that differ in the number at the end of the token. Arguments: the text before the
-- number, the number of tokens, and the text after it.
local before, count, after
local number = 0

function init(arguments)
  before, count, after = arguments[1], tonumber(arguments[2]), arguments[3]
end

function request()
  local current = number % count
  number = number + 1
  return before .. string.format("%015d", current) .. after
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
