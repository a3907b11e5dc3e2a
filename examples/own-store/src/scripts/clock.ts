/** Lua: `clock(given)` is the instant in milliseconds, the server's own unless a test gives another. */
export const CLOCK_LUA: string = `
local function clock(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end`
