import { type Script, scriptOf } from './script.js'

/**
 * Reads the queues of a project at one instant. Arguments: root, the key of their names, what their resources begin with.
 *
 * Answers nothing while a commit is not yet in every index; else for each queue its name, whether something of it stays
 * for good, and the count and the first entry of every group that waits, then its batches.
 */
export const LIST_QUEUES: Script = scriptOf(
  'list-queues',
  `
local root, names, owner = ARGV[1], ARGV[2], ARGV[3]
if redis.call('EXISTS', root .. 'unpublished') == 1 then return false end
local function groups_of(resource)
  local found = {}
  for _, group in ipairs(redis.call('SMEMBERS', root .. 'groups:' .. resource)) do
    local key = root .. 'age:' .. resource .. ' ' .. group
    local first = redis.call('ZRANGE', key, 0, 0)[1]
    if first then found[#found + 1] = { redis.call('ZCARD', key), first } end
  end
  return found
end
local answer = {}
local queues = redis.call('ZRANGE', names, 0, -1, 'WITHSCORES')
for at = 1, #queues, 2 do
  local resource = owner .. queues[at]
  local batches = redis.call('ZRANGE', root .. 'batches:' .. resource, 0, -1)
  answer[#answer + 1] = { queues[at], queues[at + 1], groups_of(resource), batches }
end
return answer`,
)
