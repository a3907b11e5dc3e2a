import { type Script, scriptOf } from './script.js'

/** Gives a lease back when it is still the newest. Arguments: root, resource, epoch. */
export const RELEASE: Script = scriptOf(
  'release',
  `
local root, resource, epoch = ARGV[1], ARGV[2], ARGV[3]
local key = root .. 'lease:' .. resource
if redis.call('GETRANGE', key, 0, #epoch) ~= epoch .. '\\n' then return 0 end
redis.call('DEL', key)
redis.call('ZREM', root .. 'leases', resource)
return 1`,
)
