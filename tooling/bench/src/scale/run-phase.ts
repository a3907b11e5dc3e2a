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
const figures = await runPhase(name as Phase, Number(count))
// Kilobytes on Linux, as getrusage gives it.
const peakBytes = process.resourceUsage().maxRSS * 1024
console.log(JSON.stringify({ ...figures, peakBytes }))
process.exit(0)
