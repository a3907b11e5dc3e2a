// A program of a user's: defers so many calls and says what it gets. Arguments: store, calls.
import { deferred, openHalfrate } from '../../../dist/index.js'

const [store, count] = process.argv.slice(2)
await using half = await openHalfrate({ store })
const { messages } = deferred(half)
const rows = Array.from({ length: Number(count) }, (_, index) => `r${index + 1}`)
await Promise.all(
  rows.map(async (row) => {
    const asked = [{ role: 'user', content: row }]
    await messages.create({ model: 'claude-haiku-4-5', max_tokens: 300, messages: asked })
    console.log(row, 'succeeded')
  }),
)
