import { CLOCK_LUA } from './clock.js'
import { IDS_LUA } from './ids.js'
import { type Script, scriptOf } from './script.js'
import { TAKE_LEASE_LUA } from './take-lease.js'

/**
 * Claims submissions that are due, the earliest first. Arguments as for a singleton, with the resources to pass by. Looks at a
 * hundred at a time and stops when it has enough, so it passes over no more than others hold.
 */
export const CLAIM_SUBMISSIONS: Script = scriptOf(
  'claim-submissions',
  CLOCK_LUA,
  IDS_LUA,
  TAKE_LEASE_LUA,
  `
local root, by = ARGV[1], claimant()
local taken, offset, except = {}, 0, {}
for index = 7, #ARGV do except[ARGV[index]] = true end
local latest = string.format('%.0f', by.now)
while #taken < by.limit do
  local due = redis.call('ZRANGE', root .. 'schedule', '-inf', latest, 'BYSCORE', 'LIMIT', offset, 100)
  for _, id in ipairs(due) do
    local resource = 'submission:' .. string.gsub(id, '^0+', '')
    if #taken < by.limit and not except[resource] and is_free(lease_of(root, resource), by) then
      taken[#taken + 1] = take(root, resource, by)
    end
  end
  if #due < 100 then break end
  offset = offset + 100
end
return { taken, {}, '' }`,
)
