import { CLOCK_LUA } from './clock.js'
import { type Script, scriptOf } from './script.js'

/** Prolongs a lease. Arguments: root, clock, resource, epoch, milliseconds. Answers worker and expiry, or nothing. */
export const RENEW: Script = scriptOf(
  'renew',
  CLOCK_LUA,
  `
local root, now, resource, epoch = ARGV[1], clock(ARGV[2]), ARGV[3], ARGV[4]
local held = redis.call('GET', root .. 'lease:' .. resource)
if not held then return {} end
local holds, worker = string.match(held, '^(%d+)\\n%d+\\n(.*)$')
if holds ~= epoch then return {} end
local expires = string.format('%.0f', now + tonumber(ARGV[5]))
redis.call('SET', root .. 'lease:' .. resource, epoch .. '\\n' .. expires .. '\\n' .. worker)
redis.call('ZADD', root .. 'leases', expires, resource)
return { worker, expires }`,
)
