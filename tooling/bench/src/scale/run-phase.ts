import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { PHASES, type Phase, runPhase } from './phases.js'

// The program of one phase's process: runs it and prints its figures as one line of JSON.
const [name = '', count = '0'] = process.argv.slice(2)
if (!PHASES.includes(name as Phase)) {
  console.error(`There is no phase named ${JSON.stringify(name)}.`)
  process.exit(2)
}
// As the command does, whose memory this is about.
setFlagsFromString('--semi-space-growth-factor=1')
// How long others of the process would wait for their turn, a lease's heartbeat for one.
const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
const figures = await runPhase(name as Phase, Number(count))
// Kilobytes on Linux, as getrusage gives it.
const peakBytes = process.resourceUsage().maxRSS * 1024
const delayMs = { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 }
console.log(JSON.stringify({ ...figures, peakBytes, delayMs }))
process.exit(0)
