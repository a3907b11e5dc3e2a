import { type Script, scriptOf } from './script.js'

/**
 * Remembers batches as other programs', unless a submission has the id. Arguments: the set, then for each batch its id
 * and the key under which a submission would be found. Answers how many were new.
 */
export const MARK_FOREIGN: Script = scriptOf(
  'mark-foreign',
  `
local marked = 0
for at = 2, #ARGV, 2 do
  if redis.call('EXISTS', ARGV[at + 1]) == 0 then
    marked = marked + redis.call('SADD', ARGV[1], ARGV[at])
  end
end
return marked`,
)
