import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { PHASES, type Phase, runPhase } from './phases.js'
import { STORE_KINDS, type StoreKind } from './scale-store.js'

// The program of one phase's process: runs it and prints its figures as one line of JSON.
const [name = '', kind = '', count = '0'] = process.argv.slice(2)
if (!PHASES.includes(name as Phase) || !STORE_KINDS.includes(kind as StoreKind)) {
  console.error(`There is no phase ${JSON.stringify(name)} on ${JSON.stringify(kind)}.`)
  process.exit(2)
}
// As the command does, whose memory this is about.
setFlagsFromString('--semi-space-growth-factor=1')
// How long others of the process would wait for their turn, a lease's heartbeat for one.
const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
const figures = await runPhase(name as Phase, kind as StoreKind, Number(count))
// Kilobytes on Linux, as getrusage gives it.
const peakBytes = process.resourceUsage().maxRSS * 1024
const delayMs = { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 }
console.log(JSON.stringify({ ...figures, peakBytes, delayMs }))
process.exit(0)
