import { SIDES } from './side.js'

// The program of one side's process: runs it and prints its figures as one line of JSON.
const name = process.argv[2] ?? ''
const load = SIDES[name]
if (load === undefined) {
  console.error(`There is no side named ${JSON.stringify(name)}.`)
  process.exit(2)
}
const side = await load()
const ms = await side()
// Kilobytes on Linux, as getrusage gives it.
const peakBytes = process.resourceUsage().maxRSS * 1024
console.log(JSON.stringify({ ms, peakBytes }))
process.exit(0)
