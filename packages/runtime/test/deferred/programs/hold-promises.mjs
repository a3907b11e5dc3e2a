// Holds many deferred calls, says what each takes, and then how many were answered. Arguments: store, base URL, clock, count.
import { deferred, openHalfrate, parseFastClock } from '@halfrate/runtime'

const [store, baseUrl, clock, given] = process.argv.slice(2)
const count = Number(given)
const half = await openHalfrate({ store, baseUrl, clock: parseFastClock(clock) })
const client = deferred(half, { start: false, queue: 'run' })

const ask = (content) => ({
  ...{ model: 'claude-haiku-4-5', max_tokens: 20 },
  messages: [{ role: 'user', content }],
})

function heldBytes() {
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function isStored() {
  const { counts } = await half.store.report({ scope: { project: 'default', queue: 'run' } })
  return counts.total === count + 1
}

// What the first call needs once is no part of the others.
const first = client.messages.create(ask('first'))
await new Promise((resolve) => setTimeout(resolve, 200))
const before = heldBytes()
const pending = [first]
for (let index = 0; index < count; index += 1) {
  pending.push(client.messages.create(ask(`${'words '.repeat(100)}${index}`)))
}
while (!(await isStored())) await new Promise((resolve) => setTimeout(resolve, 100))
const bytesEach = Math.round((heldBytes() - before) / count)
const texts = Promise.all(pending.map(async (each, index) => [index, (await each).content[0].text]))
await half.start()
const right = (await texts).filter(
  ([index, said]) => said === (index === 0 ? 'first' : String(index - 1)),
)
console.log(JSON.stringify({ bytesEach, right: right.length }))
await half.close()
