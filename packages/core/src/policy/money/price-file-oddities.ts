import { nearNames } from '../intake/near-names.js'
import type { FileRow, FileTool } from './price-file-row.js'
import { ROW_MEMBERS, TOOL_MEMBERS } from './price-file-schema.js'

/** What may be a slip in a row that can be read: the member, and why. */
export interface Oddity {
  readonly path: readonly string[]
  readonly problem: string
}

// The cheapest token of any model so far costs $0.005 a million in batch; a price per token is a millionth of that.
const LEAST_USD = 0.001

/** Looks for slips in the row of a price file that is right in form. */
export function odditiesOf(id: string, row: FileRow): readonly Oddity[] {
  const found = [...misspelt(row, ROW_MEMBERS), ...oddRates(row), ...endlessRetirement(row)]
  return found.map(({ path, problem }) => ({ path: [id, ...path], problem }))
}

// A fee is of one use, and price lists print that of a thousand.
const MUCH_USD = 1

/** Looks for slips in the fee of a tool that is right in form. */
export function toolOdditiesOf(name: string, tool: FileTool): readonly Oddity[] {
  const found = [...misspelt(tool, TOOL_MEMBERS)]
  if (tool.usd !== null && tool.usd >= MUCH_USD) {
    found.push({ path: ['usd'], problem: `${tool.usd} is much; a fee is dollars for one use` })
  }
  if (!/_requests$/.test(name)) {
    found.push({ path: [], problem: 'usage counts tools under names such as web_search_requests' })
  }
  return found.map(({ path, problem }) => ({ path: ['_tools', name, ...path], problem }))
}

// A tier that is spelt otherwise would be left out without a word, and its model be booked too cheaply.
function misspelt(row: object, members: readonly string[]): readonly Oddity[] {
  const free = members.filter((name) => !Object.hasOwn(row, name))
  return Object.keys(row).flatMap((name) => {
    if (members.includes(name)) return []
    const [near] = nearNames(name, free, 1)
    return near === undefined ? [] : [{ path: [name], problem: `not read; ${near} is meant?` }]
  })
}

function oddRates(row: FileRow): readonly Oddity[] {
  const odd: Oddity[] = []
  const { input, output, cache_read: read, cache_write_5m: write } = row
  const say = (name: string, problem: string): void => void odd.push({ path: [name], problem })
  if (input !== null && input > 0 && input < LEAST_USD) {
    say('input', `${input} is very little; prices are dollars per million tokens, not per token`)
  }
  if (input !== null && output !== null && output < input) {
    say('output', `${output} is less than input, ${input}`)
  }
  if (input !== null && read !== null && read > input) {
    say('cache_read', `${read} is more than input, ${input}`)
  }
  if (input !== null && write !== null && write < input) {
    say('cache_write_5m', `${write} is less than input, ${input}`)
  }
  return odd
}

function endlessRetirement({ status }: FileRow): readonly Oddity[] {
  const text = status ?? ''
  if (!/\bretire[sd]\b/.test(text) || /\bretire[sd] \d{4}-\d{2}-\d{2}/.test(text)) return []
  return [{ path: ['status'], problem: 'no day stands behind "retired" or "retires"' }]
}
