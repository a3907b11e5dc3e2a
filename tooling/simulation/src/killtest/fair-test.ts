import { setTimeout as sleep } from 'node:timers/promises'
import { DEFAULT_PROJECT, enqueue, type QueueName } from '@halfrate/core'
import { IntakeRowMaker } from '@halfrate/core/intake'
import { startPostgres } from '@halfrate/postgres-server'
import { type Halfrate, openHalfrate, parseFastClock } from '@halfrate/runtime'
import { realMs } from '../real-time.js'
import { CLOCK_FACTOR, EmulatorProcess } from './emulator-process.js'
import { endText } from './judge-end.js'
import { billedTwice, keyOf, questionOf } from './judge-run.js'
import { CliProcess, runCli } from './kept-process.js'

const QUEUE = 'shared' as QueueName
const ROWS_PER_BATCH = 2
// A worker that sends less than this share of all batches is not doing its part.
const LEAST_SHARE = 0.04
const LOOK_MS = 250
const LONGEST_MS = 300_000

/** How many batches are sent by how many workers. */
export interface FairTestOptions {
  readonly workers: number
  readonly submissions: number
  readonly seed: number
}

/**
 * Lets workers in processes of their own share the sends of one PostgreSQL. Answers whether none was sent twice, all
 * arrived, and every worker did its part.
 */
export async function fairTest(
  options: FairTestOptions,
  print: (line: string) => void,
): Promise<boolean> {
  const startedMs = realMs()
  const server = await startPostgres()
  const emulator = await EmulatorProcess.start({ seed: options.seed, losesAnswers: false })
  try {
    const place = ['--store', server.url, '--base-url', emulator.url, '--clock', emulator.clock]
    await using half = await openHalfrate({
      store: server.url,
      clock: parseFastClock(emulator.clock),
      queue: QUEUE,
      queuePolicy: {
        flush: { count: ROWS_PER_BATCH, bytes: 1, ageMs: 0 },
        maxBatchRequests: ROWS_PER_BATCH,
      },
    })
    const workers = await startWorkers(options.workers, place)
    await putRows(half, options.submissions * ROWS_PER_BATCH)
    const isDone = await untilDone(half)
    for (const { process } of workers) process.ask()
    const ends = await Promise.all(workers.map(({ process }) => process.ended))
    const check = await runCli(['verify', '--store', server.url, '--clock', emulator.clock])
    const problems = [
      ...(isDone ? [] : ['not every request was done in time']),
      ...ends.flatMap((end) => (end.code === 0 ? [] : [endText('a worker', end)])),
      ...(check.code === 0 ? [] : [endText('verify', check)]),
    ]
    for (const problem of problems) print(problem)
    const twice = billedTwice(await emulator.billed())
    const posts = await emulator.posts()
    const sent = workers.map((each) => each.sent.size).sort((a, b) => b - a)
    const least = Math.min(...sent) / options.submissions
    print(`sent by each worker: ${sent.join(' ')}`)
    const ms = Math.round(realMs() - startedMs)
    print(
      `workers=${options.workers} submissions=${options.submissions} posts=${posts} billed_twice=${twice} least_share=${(100 * least).toFixed(1)}% clock_factor=${CLOCK_FACTOR} problems=${problems.length} ms=${ms}`,
    )
    return problems.length + twice === 0 && posts === options.submissions && least >= LEAST_SHARE
  } finally {
    await emulator.stop()
    await server.stop()
  }
}

interface Worker {
  readonly process: CliProcess
  /** Submissions whose send it has an answer to. */
  readonly sent: Set<number>
}

// All of them are there before there is work, as in a service that has run for a while.
async function startWorkers(count: number, place: readonly string[]): Promise<readonly Worker[]> {
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const sent = new Set<number>()
      let tellReady = (): void => undefined
      const ready = new Promise<void>((resolve) => {
        tellReady = resolve
      })
      const onLine = (line: string): void => {
        const event = JSON.parse(line) as { type: string; state?: string; batch_number?: number }
        if (event.type === 'notice') tellReady()
        if (event.state === 'at_claude' && event.batch_number !== undefined)
          sent.add(event.batch_number)
      }
      const process = new CliProcess(['work', '--json', ...place], { onLine })
      await Promise.race([ready, process.ended])
      return { process, sent }
    }),
  )
}

async function putRows(half: Halfrate, count: number): Promise<void> {
  const maker = new IntakeRowMaker({ hash128: half.digest.hash128 })
  const rows = Array.from({ length: count }, (_, index) => {
    const messages = [{ role: 'user', content: questionOf(index + 1) }]
    const params = { model: 'claude-haiku-4-5', max_tokens: 300, messages }
    return maker.intakeRowOf({ key: keyOf(index + 1), params })
  })
  await enqueue({ store: half.store, queue: QUEUE, rows })
}

async function untilDone(half: Halfrate): Promise<boolean> {
  const untilMs = realMs() + LONGEST_MS
  while (realMs() < untilMs) {
    const { counts } = await half.store.report({ scope: { project: DEFAULT_PROJECT } })
    if (counts.byStatus.succeeded === counts.total) return true
    await sleep(LOOK_MS)
  }
  return false
}
