/**
 * Lua: `lease_of(root, resource)` reads a lease, `is_free(lease, by)` whether one may take it, and `take(…)` takes it
 * with a new epoch. An epoch is an id like any other: it rises over all resources, also after a lease is forgotten.
 * `next_due(is_all, instants)` is the earliest of them as a text, empty for none or when there may be more already.
 */
export const TAKE_LEASE_LUA: string = `
local function lease_of(root, resource)
  local held = redis.call('GET', root .. 'lease:' .. resource)
  if not held then return nil end
  local epoch, expires, worker = string.match(held, '^(%d+)\\n(%d+)\\n(.*)$')
  return { epoch = epoch, expires = tonumber(expires), worker = worker }
end
local function is_free(lease, by)
  if not lease or lease.expires <= by.now then return true end
  return lease.worker == by.worker or (by.dead ~= '' and lease.worker == by.dead)
end
local function take(root, resource, by)
  local epoch = string.format('%.0f', take_ids(root, 1, by.now))
  local expires = string.format('%.0f', by.now + by.lease_ms)
  redis.call('SET', root .. 'lease:' .. resource, epoch .. '\\n' .. expires .. '\\n' .. by.worker)
  redis.call('ZADD', root .. 'leases', expires, resource)
  return { resource, by.worker, epoch, expires }
end
local function next_due(is_all, instants)
  local first = nil
  for _, at in ipairs(instants) do
    if first == nil or at < first then first = at end
  end
  return is_all and first and string.format('%.0f', first) or ''
end
local function claimant()
  return {
    now = clock(ARGV[2]),
    worker = ARGV[3],
    lease_ms = tonumber(ARGV[4]),
    limit = tonumber(ARGV[5]),
    dead = ARGV[6],
  }
end`
