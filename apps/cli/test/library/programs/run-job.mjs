// A program of a user's: runs one job of so many rows and says what it gets. Arguments: store, rows, and what to do.
import { openHalfrate } from '../../../dist/index.js'

const [store, count, how] = process.argv.slice(2)

function* rows() {
  for (let row = 1; row <= Number(count); row += 1) {
    if (how === 'die-in-rows' && row === 5_000) process.kill(process.pid, 'SIGKILL')
    const messages = [{ role: 'user', content: `row ${row}` }]
    yield { key: `r${row}`, params: { model: 'claude-haiku-4-5', max_tokens: 300, messages } }
  }
}

await using half = await openHalfrate({ store })
const job = await half.run('nightly', rows())
console.log('taken')
for await (const result of job.results()) console.log(result.key, result.status)
