import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { InvariantError } from '@halfrate/core'
import { usageMonth } from './usage-month.js'

const CLI = fileURLToPath(new URL('../../../../apps/cli/dist/main.js', import.meta.url))
// Told by the process itself in its last moment, so that nothing is missed.
const TELL_PEAK =
  "process.on('exit', () => process.stderr.write(JSON.stringify(process.resourceUsage())))"
const USUAL_ROWS = 1_000_000

interface Audited {
  readonly seconds: number
  readonly peakMegabytes: number
  readonly rows: number
  readonly usd: string
}

async function audited(count: number): Promise<Audited> {
  const args = ['--import', `data:text/javascript,${TELL_PEAK}`, CLI, 'audit', '-', '--json']
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const text = textsOf(child)
  const closed = once(child, 'close')
  await pipeline(Readable.from(usageMonth(count)), child.stdin)
  const [code] = await closed
  if (code !== 0) throw new InvariantError(`the audit ended with ${code}: ${text.err}`)
  const { maxRSS, userCPUTime } = JSON.parse(text.err) as NodeJS.ResourceUsage
  const report = JSON.parse(text.out) as { readonly rows: number; readonly cost_usd: string }
  if (report.rows !== count) throw new InvariantError(`${report.rows} rows of ${count} were read.`)
  return {
    ...{ rows: count, usd: report.cost_usd },
    seconds: userCPUTime / 1e6,
    peakMegabytes: Math.round(maxRSS / 1_000),
  }
}

function textsOf(child: ChildProcessByStdio<Writable, Readable, Readable>): {
  out: string
  err: string
} {
  const text = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text.out += piece
  })
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    text.err += piece
  })
  return text
}

const rows = Number(process.argv[2] ?? USUAL_ROWS)
console.log(
  `Node ${process.versions.node}, ${cpus().length} cores. halfrate audit of a generated month of usage on standard input, 400 features; each in its own process, once.`,
)
for (const count of [rows / 10, rows]) {
  const { seconds, peakMegabytes, usd } = await audited(count)
  console.log(
    `${count} rows: peak ${peakMegabytes} MB, ${seconds.toFixed(1)} s of processor time, $${usd} spent`,
  )
}
