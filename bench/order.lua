-- Orders for wrk: each request has a body, a reference and an Idempotency-Key of its own.
-- What to send comes from the environment: BENCH_KEY, BENCH_SKUS (how many), BENCH_SKU (one for all), BENCH_LINES,
-- BENCH_UNITS (0: one to three), BENCH_BATCH (orders a request), BENCH_RUN (a name no other run has), BENCH_SEED.
local headers = { ["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY"), ["Content-Type"] = "application/json" }
local skus, one = tonumber(os.getenv("BENCH_SKUS")), os.getenv("BENCH_SKU")
local lines, units = tonumber(os.getenv("BENCH_LINES")), tonumber(os.getenv("BENCH_UNITS"))
local batch, run, seed = tonumber(os.getenv("BENCH_BATCH")), os.getenv("BENCH_RUN"), tonumber(os.getenv("BENCH_SEED"))
local threads, sent = 0, 0
local random, format, concat = math.random, string.format, table.concat

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init()
  math.randomseed(seed + number)
end

local function order()
  sent = sent + 1
  local wanted = {}
  for n = 1, lines do
    local sku = one ~= "" and one or "sku-" .. random(1, skus)
    wanted[n] = format('{"sku":"%s","quantity":"%d"}', sku, units > 0 and units or random(1, 3))
  end
  return format('{"channel":"web","reference":"%s-%d-%d","lines":[%s]}', run, number, sent, concat(wanted, ","))
end

function request()
  local body
  if batch > 1 then
    local items = {}
    for n = 1, batch do items[n] = '{"path":"/orders","body":' .. order() .. "}" end
    body = '{"operations":[' .. concat(items, ",") .. "]}"
  else
    body = order()
  end
  headers["Idempotency-Key"] = format("%08x-%08x-%s-%d-%d", random(0, 4294967295), random(0, 4294967295), run, number, sent)
  return wrk.format("POST", nil, headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  print(format(
    'RESULT {"answers":%d,"refused":%d,"broken":%d,"microseconds":%d,"p50":%d,"p99":%d}',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration, latency:percentile(50), latency:percentile(99)
  ))
end
