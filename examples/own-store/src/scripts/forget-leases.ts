import { CLOCK_LUA } from './clock.js'
import { type Script, scriptOf } from './script.js'

/** Removes lapsed leases. Arguments: root, clock, most of them. Answers how many it removed. */
export const FORGET_LEASES: Script = scriptOf(
  'forget-leases',
  CLOCK_LUA,
  `
local root, now = ARGV[1], string.format('%.0f', clock(ARGV[2]))
local lapsed = redis.call('ZRANGE', root .. 'leases', '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[3])
for _, resource in ipairs(lapsed) do
  redis.call('DEL', root .. 'lease:' .. resource)
  redis.call('ZREM', root .. 'leases', resource)
end
return #lapsed`,
)
