import { join } from 'node:path'
import { type Emulator, startEmulator } from '@halfrate/emulator'
import { expect, test } from 'vitest'
import { openHalfrate } from '../../src/library/open-halfrate.js'
import { type Ended, halfrate } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const ROWS = 60
const NIGHT_TICKS = 150
const AT_ONCE = { count: 100_000, bytes: 200_000_000, ageMs: 0 }
// A night is some forty commands, each a process.
const TIMEOUT_MS = 600_000

/** A night: rows that were taken in and nobody works on, and a cron job that runs every ten minutes. */
interface Night {
  readonly claude: Emulator
  readonly folder: string
  /** Runs cron's command, at the time that it is now; it may die as it says something. */
  work(diesSaying?: RegExp): Promise<Ended>
  /** Runs it every ten minutes until nothing is due. */
  toTheEnd(): Promise<void>
  /** The rows of the job as they stand. */
  results(): Promise<Ended>
}

// An emulator whose time runs as ours does, and is put forward between two of cron's commands.
async function nightOf(claude: Emulator): Promise<Night> {
  const folder = temporaryFolder()
  await enqueueNight(claude, join(folder, 'halfrate.db'))
  const clock = (): readonly string[] => ['--clock', JSON.stringify(claude.clock.setting)]
  const work = (diesSaying?: RegExp): Promise<Ended> =>
    halfrate(['work', '--once', '--base-url', claude.url, ...clock()], {
      cwd: folder,
      ...(diesSaying === undefined ? {} : { diesSaying }),
    })
  const toTheEnd = async (): Promise<void> => {
    for (let tick = 1; tick <= NIGHT_TICKS; tick += 1) {
      const { code, stderr } = await work()
      expect(code, stderr).toBe(0)
      if (stderr.includes('nothing is due')) return
      await claude.clock.advance('10m')
    }
    expect.unreachable('the night is over, and something is still due')
  }
  const results = (): Promise<Ended> =>
    halfrate(['results', '--job', 'nightly', ...clock()], { cwd: folder })
  return { claude, folder, work, toTheEnd, results }
}

// Three batches; the answer to the second send is lost, and some rows fail at first.
async function enqueueNight(claude: Emulator, store: string): Promise<void> {
  claude.fault('create', { loseResponse: true, afterTimes: 1, times: 1 })
  claude.fault('row', { outcome: 'errored', error: 'overloaded_error', everyNth: 5, times: 12 })
  const rows = Array.from({ length: ROWS }, (_, index) => ({
    key: `claim-${index + 1}`,
    params: {
      model: 'claude-haiku-4-5',
      max_tokens: 50,
      messages: [{ role: 'user', content: `Claim ${index + 1}` }],
    },
  }))
  const { apiKey, baseUrl, clock } = claude.connection
  await using half = await openHalfrate({ store, apiKey, baseUrl, clock })
  // The queue keeps its policy, for whoever works on it.
  half.queue('run', { maxBatchRequests: 20, flush: AT_ONCE })
  await half.run('nightly', rows, { start: false })
}

async function expectAllPaidOnce({ claude, results }: Night): Promise<void> {
  const { code, stdout } = await results()
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(rows.filter(({ status }) => status === 'succeeded')).toHaveLength(ROWS)
  expect(code).toBe(0)
  expect(claude.ledger.billed()).toHaveLength(ROWS)
}

function emulator(): Promise<Emulator> {
  return startEmulator({ seed: 7, clock: { factor: 1 }, turnaroundMs: [1_800_000, 5_400_000] })
}

test('a night of cron alone, every ten minutes, brings every row home and pays it once', {
  timeout: TIMEOUT_MS,
}, async () => {
  await using claude = await emulator()
  const night = await nightOf(claude)
  expect(claude.ledger.posts()).toEqual([])
  await night.toTheEnd()
  await expectAllPaidOnce(night)
})

test('a night in which cron is killed at its worst moments brings every row home and pays it once', {
  timeout: TIMEOUT_MS,
}, async () => {
  await using claude = await emulator()
  const night = await nightOf(claude)
  const killed: string[] = []
  // Each in a command of its own: as it begins, when the provider has a batch, when one has ended, when rows are booked.
  for (const moment of [/^store /, /is at Claude|answer .* was lost/, /ended/, /tried again/]) {
    for (let tick = 1; tick <= NIGHT_TICKS; tick += 1) {
      const { signal } = await night.work(moment)
      await claude.clock.advance('10m')
      if (signal !== 'SIGKILL') continue
      killed.push(moment.source)
      break
    }
  }
  expect(killed).toHaveLength(4)
  await night.toTheEnd()
  await expectAllPaidOnce(night)
})
