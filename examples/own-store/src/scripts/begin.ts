import { CLOCK_LUA } from './clock.js'
import { IDS_LUA } from './ids.js'
import { type Script, scriptOf } from './script.js'

/**
 * Begins a step: answers the instant, the first of `count` new ids, a job whose commit is not yet in every index, and the
 * stamp of the newest such commit.
 *
 * Arguments: root, count of ids, the test's clock or nothing. Ids of a step that is repeated are not used.
 */
export const BEGIN: Script = scriptOf(
  'begin',
  CLOCK_LUA,
  IDS_LUA,
  `
local root, count, now = ARGV[1], tonumber(ARGV[2]), clock(ARGV[3])
local first = 0
if count > 0 then first = take_ids(root, count, now) end
local job = redis.call('SRANDMEMBER', root .. 'unpublished')
local commits = string.gsub(redis.call('GET', root .. 'commits') or '', '\\n', '')
return { string.format('%.0f', now), string.format('%.0f', first), job or '', commits }`,
)
