import { CLOCK_LUA } from './clock.js'
import { IDS_LUA } from './ids.js'
import { type Script, scriptOf } from './script.js'
import { TAKE_LEASE_LUA } from './take-lease.js'

/**
 * Claims deliveries of a queue that are due, the earliest first. Arguments as for a singleton, with the queue's resource. Looks at a
 * hundred at a time and stops when it has enough, so it passes over no more than others hold. Says also when there is more.
 */
export const CLAIM_DELIVERIES: Script = scriptOf(
  'claim-deliveries',
  CLOCK_LUA,
  IDS_LUA,
  TAKE_LEASE_LUA,
  `
local root, by = ARGV[1], claimant()
local taken, offset, more_at = {}, 0, {}
local latest = string.format('%.0f', by.now)
while #taken < by.limit do
  local due = redis.call('ZRANGE', root .. 'due:' .. ARGV[7], '-inf', latest, 'BYSCORE', 'LIMIT', offset, 100)
  for _, id in ipairs(due) do
    local resource = 'delivery:' .. string.gsub(id, '^0+', '')
    local lease = lease_of(root, resource)
    if #taken < by.limit and is_free(lease, by) then
      taken[#taken + 1] = take(root, resource, by)
    elseif not is_free(lease, by) then
      more_at[#more_at + 1] = lease.expires
    end
  end
  if #due < 100 then break end
  offset = offset + 100
end
local first = redis.call('ZRANGE', root .. 'due:' .. ARGV[7], '(' .. latest, '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
more_at[#more_at + 1] = tonumber(first[2])
return { taken, {}, next_due(#taken < by.limit, more_at) }`,
)
