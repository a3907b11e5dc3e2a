import { CLOCK_LUA } from './clock.js'
import { IDS_LUA } from './ids.js'
import { type Script, scriptOf } from './script.js'
import { TAKE_LEASE_LUA } from './take-lease.js'

/**
 * Claims one duty. Arguments: root, clock, worker, milliseconds, limit, a dead worker or nothing, resource. Answers the
 * leases that were taken, and the one that somebody else holds.
 */
export const CLAIM_SINGLETON: Script = scriptOf(
  'claim-singleton',
  CLOCK_LUA,
  IDS_LUA,
  TAKE_LEASE_LUA,
  `
local root, by, resource = ARGV[1], claimant(), ARGV[7]
local held = lease_of(root, resource)
if is_free(held, by) then return { { take(root, resource, by) }, {}, '' } end
return { {}, { resource, held.worker, held.epoch, string.format('%.0f', held.expires) }, '' }`,
)
