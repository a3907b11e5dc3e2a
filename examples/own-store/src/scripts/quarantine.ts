import { type Script, scriptOf } from './script.js'

/**
 * Keeps lines that can't be booked. Arguments: the hash, then for each line its bytes and where it was found. The same
 * bytes are kept once. Answers how many were new.
 */
export const QUARANTINE: Script = scriptOf(
  'quarantine',
  `
local added = 0
for at = 2, #ARGV, 2 do
  added = added + redis.call('HSETNX', ARGV[1], ARGV[at], ARGV[at + 1])
end
return added`,
)
