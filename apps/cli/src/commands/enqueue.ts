import {
  DEFAULT_PROJECT,
  type EpochMs,
  InvalidInputError,
  laneKey,
  laneOf,
  type QueuePolicy,
  type Route,
} from '@halfrate/core'
import type { AcceptedRow } from '@halfrate/core/intake'
import { EXIT } from '../exit-code.js'
import { type DeadlineFlags, deadlineFlag } from '../flags/deadline-flag.js'
import { oneOf } from '../flags/parse-flag.js'
import { queueFlag } from '../flags/queue-flag.js'
import { type EnqueuedCounts, enqueueRows } from '../input/enqueue-rows.js'
import { openRequestSource } from '../input/request-source.js'
import { readPolicy } from '../run/read-policy.js'
import { storeFlag } from '../run/self-command.js'
import { besideStore, openStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { knownQueues, queueText } from '../scope/known-queue.js'
import { commandText } from '../screen/command-text.js'
import { countOf, countText } from '../screen/number-text.js'
import { policyText } from '../screen/queues-screen.js'
import { instantText } from '../screen/time-text.js'
import { printAnswer } from '../terminal/print-answer.js'

/** Flags of `enqueue`. */
export interface EnqueueFlags extends StoreFlags, DeadlineFlags {
  readonly queue: string
  readonly route?: string | undefined
  readonly json?: boolean | undefined
}

const ROUTES: readonly Route[] = ['batch', 'realtime']
// As many keys as a person reads.
const SHOWN_KEYS = 3

/**
 * Puts the requests of a file into a queue, each for itself and without a job. Nothing is sent by it. All lines are checked
 * before the first is stored; a request that is there is answered with itself.
 *
 * @throws {InvalidInputError} when a line can't be taken.
 */
export async function enqueue(file: string, flags: EnqueueFlags): Promise<number> {
  const queue = queueFlag('--queue')(flags.queue)
  const route = flags.route === undefined ? null : oneOf('--route', ROUTES)(flags.route)
  const place = placeOf(flags)
  const source = await openRequestSource({
    files: [file],
    rows: null,
    besidePath: besideStore(place.store),
    signal: new AbortController().signal,
    say: () => undefined,
  })
  try {
    const total = await countLines(source.name, source.read().rows)
    await using half = await openStore(place)
    const { store } = half
    const deadlineAt = deadlineFlag(flags, half.clock.now())
    const known = await knownQueues(half)
    const counts = await enqueueRows({
      ...{ store, project: DEFAULT_PROJECT, queue, book: half.prices, at: half.clock.now() },
      rows: onRoute(source.read().rows, route),
      deadlineAt,
    })
    const policy = await readPolicy(half, queue)
    const next = commandText('work', storeFlag(place))
    const { added, same, taken } = counts
    const answer = {
      type: 'enqueued',
      queue,
      route: route ?? (isDecidedByQueue(policy) ? null : 'batch'),
      new_queue: !known.has(queue),
      total,
      new: added,
      same,
      conflicts: taken.length,
      in_real_time: counts.called,
      likely_late: counts.late,
      wanted_by: deadlineAt === null ? null : new Date(deadlineAt).toISOString(),
    }
    printAnswer(flags.json, {
      object: { ...answer, conflict_keys: taken },
      lines: [
        ...enqueuedLines(queueText(queue, known), total, counts),
        route === 'realtime'
          ? ' each by itself in real time, at the whole price'
          : ` ${policyText(policy)}`,
        ...(route === 'realtime' ? [] : wantedLines(deadlineAt, half.clock.now())),
        ...routeLines(counts, route),
        ` next: ${next}`,
      ],
    })
    return taken.length === 0 ? EXIT.usable : EXIT.someNotUsable
  } finally {
    await source.close()
  }
}

function isDecidedByQueue({ batchPercent, routing }: QueuePolicy): boolean {
  return batchPercent < 100 || routing === 'rules'
}

function routeLines({ called, late }: EnqueuedCounts, asked: Route | null): readonly string[] {
  const lines: string[] = []
  if (called > 0 && asked === null) {
    lines.push(` ${countText(called)} of them in real time, at the whole price, as the queue says`)
  }
  if (late > 0) lines.push(` ${countText(late)} of them not likely there when wanted`)
  return lines
}

async function* onRoute(
  rows: AsyncIterable<AcceptedRow>,
  route: Route | null,
): AsyncGenerator<AcceptedRow, void, undefined> {
  for await (const row of rows) yield route === null ? row : asked(row, route)
}

function asked(row: AcceptedRow, route: Route): AcceptedRow {
  return { ...row, lane: laneKey({ ...laneOf(row.lane), route }), isRouteAsked: true }
}

async function countLines(name: string, rows: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of rows) count += 1
  if (count > 0) return count
  throw refuseEmpty(name, 'Nothing was enqueued.')
}

/** What is said of an input without requests; `outcome` says that nothing came of it. */
export function refuseEmpty(name: string, outcome: string): InvalidInputError {
  return new InvalidInputError({
    place: { file: name, line: null, field: null },
    rule: 'empty_input',
    problem: 'expected at least one request, got an empty input.',
    nextStep: `${outcome} Check the file.`,
  })
}

function wantedLines(deadlineAt: EpochMs | null, now: EpochMs): readonly string[] {
  return deadlineAt === null ? [] : [` wanted by ${instantText(deadlineAt, now)}`]
}

function enqueuedLines(
  where: string,
  total: number,
  { added, same, taken }: EnqueuedCounts,
): readonly string[] {
  const lines = [
    ` ${where}: ${countOf(total, 'request')} · ${countText(added)} new · ${countText(same)} there before`,
  ]
  if (taken.length === 0) return lines
  const keys = taken.slice(0, SHOWN_KEYS).map((key) => JSON.stringify(key))
  const more = taken.length > SHOWN_KEYS ? ', …' : ''
  const text = ` ${countText(taken.length)} under a key that has other params: ${keys.join(', ')}${more}. What was there stands; give changed params a key of their own`
  return [...lines, text]
}
