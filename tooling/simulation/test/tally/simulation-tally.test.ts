import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseOptions } from '../../src/command/options.js'
import { printTally } from '../../src/command/print-tally.js'
import { runTally } from '../../src/command/run-tally.js'
import { doJob } from '../../src/jobs/job.js'
import { seedsJobs } from '../../src/jobs/seeds-jobs.js'
import { openEmbedded } from '../../src/store/open-store.js'
import { readSimulationTally } from '../../src/tally/simulation-tally.js'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfrate-tally-'))
  path = join(folder, 'tally.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function run(args: readonly string[], commit = 'a1b2c3'): Promise<readonly string[]> {
  const said: string[] = []
  const print = (line: string): number => said.push(line)
  await runTally(path, parseOptions(args), { serverUrl: null, print, commit })
  return said
}

describe('seeds that are summed up in a file', () => {
  it('come to the same in several runs as in one', async () => {
    await run(['--seeds', '6', '--tally', path])
    const before = readFileSync(path, 'utf8')
    const said = await run(['--seeds', '14', '--tally', path])
    expect(readFileSync(path, 'utf8').startsWith(before)).toBe(true)
    const { sums } = readSimulationTally(path)
    const [job] = seedsJobs({ from: 1, count: 14 }, parseOptions([]))
    if (job === undefined) expect.unreachable()
    const whole = await doJob(job, openEmbedded)
    if (whole.type !== 'seeds') expect.unreachable()
    expect(sums).toEqual(whole.sums)
    const last = said.at(-1) ?? ''
    expect(last).toMatch(/^seeds=14 store=memory .* violations=0 ms=\d+ commit=a1b2c3$/)
    const told: string[] = []
    expect(printTally(path, (line) => told.push(line))).toBe(true)
    expect(told.at(-1)).toBe(last)
  })

  it('are not run again when there are enough', async () => {
    await run(['--seeds', '3', '--tally', path])
    const before = readFileSync(path, 'utf8')
    await run(['--seeds', '2', '--tally', path])
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  it('are refused when they are others, or of another commit', async () => {
    await run(['--seeds', '1', '--tally', path])
    await expect(run(['--seeds', '2', '--seed', '9', '--tally', path])).rejects.toThrow('--seed 1')
    await expect(run(['--seeds', '2', '--tally', path], 'd4e5f6')).rejects.toThrow('d4e5f6')
  })

  it('tell of those that failed, and how to run them again', async () => {
    await run(['--seeds', '3', '--plant', 'sdk_retries', '--tally', path])
    const told: string[] = []
    expect(printTally(path, (line) => told.push(line))).toBe(false)
    expect(told[0]).toMatch(
      /^seed \d+: I3: .*\nnpm run simulate -- --seed \d+ --store memory --plant sdk_retries/,
    )
  })
})

describe('the flag for it', () => {
  it('stands beside the number of seeds, or alone', () => {
    expect(parseOptions(['--tally', 'f']).mode).toBe('tally')
    expect(parseOptions(['--seeds', '5', '--tally', 'f', '--store', 'sqlite']).mode).toBe('seeds')
    for (const more of [['--store', 'sqlite'], ['--sweep'], ['--seeds', '5', '--plants']]) {
      expect(() => parseOptions(['--tally', 'f', ...more])).toThrow('--tally: expected --seeds N')
    }
  })
})
