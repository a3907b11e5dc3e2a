import { CLOCK_LUA } from './clock.js'
import { IDS_LUA } from './ids.js'
import { type Script, scriptOf } from './script.js'
import { TAKE_LEASE_LUA } from './take-lease.js'

/**
 * Claims queues that have something due or are being filled: those that were never claimed, then the longest
 * unclaimed. Says also when there is more. Arguments as for submissions. Forgets groups in which nobody waits any more.
 */
export const CLAIM_QUEUES: Script = scriptOf(
  'claim-queues',
  CLOCK_LUA,
  IDS_LUA,
  TAKE_LEASE_LUA,
  `
local root, by = ARGV[1], claimant()
local more_at = {}
local function has_due(resource)
  local found = redis.call('EXISTS', root .. 'filling:' .. resource) == 1
  for _, group in ipairs(redis.call('SMEMBERS', root .. 'groups:' .. resource)) do
    local name = resource .. ' ' .. group
    local waiting = redis.call('ZCARD', root .. 'age:' .. name)
    local after = '(' .. string.format('%.0f', by.now)
    local later = redis.call('ZCOUNT', root .. 'later:' .. name, after, '+inf')
    if waiting == 0 then redis.call('SREM', root .. 'groups:' .. resource, group) end
    if waiting > later then found = true end
    local first = redis.call('ZRANGE', root .. 'later:' .. name, after, '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
    more_at[#more_at + 1] = tonumber(first[2])
  end
  return found
end
local taken, offset = {}, 0
local work = {}
while #work < by.limit do
  local turns = redis.call('ZRANGE', root .. 'turns', offset, offset + 99)
  for _, resource in ipairs(turns) do
    local lease = lease_of(root, resource)
    if #work < by.limit and has_due(resource) then
      if is_free(lease, by) then work[#work + 1] = resource else more_at[#more_at + 1] = lease.expires end
    end
  end
  if #turns < 100 then break end
  offset = offset + 100
end
for _, resource in ipairs(work) do
  local lease = take(root, resource, by)
  redis.call('ZADD', root .. 'turns', lease[3], resource)
  taken[#taken + 1] = lease
end
return { taken, {}, next_due(#taken < by.limit, more_at) }`,
)
