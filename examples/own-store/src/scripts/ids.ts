/**
 * Lua: `take_ids(root, count, now)` gives out that many ids and answers the first.
 *
 * The clock is the floor, so that a backup that was put back gives none out again. Numbers of Lua are exact up to 2^53;
 * only its own way to write them is not, which is why they are written by a format.
 */
export const IDS_LUA: string = `
local function take_ids(root, count, now)
  local first = tonumber(redis.call('GET', root .. 'ids') or '0') + 1
  first = math.max(first, math.floor(now) * 1024)
  redis.call('SET', root .. 'ids', string.format('%.0f', first + count - 1))
  return first
end`
