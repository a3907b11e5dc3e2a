import { type Script, scriptOf } from './script.js'

/**
 * The write of every step that decides: compares what was read, then does all of it, or nothing.
 *
 * Arguments: the count of guards; for each its key and the stamp that was read, empty for "there is none"; then for
 * each command its number of words and the words. Answers 1, or 0 when something that was read is no longer so.
 */
export const COMMIT: Script = scriptOf(
  'commit',
  `
local at = 2
for _ = 1, tonumber(ARGV[1]) do
  local key, stamp = ARGV[at], ARGV[at + 1]
  if stamp == '' then
    if redis.call('EXISTS', key) == 1 then return 0 end
  elseif redis.call('GETRANGE', key, 0, #stamp) ~= stamp .. '\\n' then
    return 0
  end
  at = at + 2
end
while at <= #ARGV do
  local words = tonumber(ARGV[at])
  redis.call(unpack(ARGV, at + 1, at + words))
  at = at + words + 1
end
return 1`,
)
