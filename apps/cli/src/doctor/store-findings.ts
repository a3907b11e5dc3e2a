import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type Heartbeat,
  heartbeatSetting,
  type QueueOverview,
  queuePauseSetting,
  RUN_QUEUE,
  type StoreHealth,
} from '@halfrate/core'
import { type Halfrate, isPostgresUrl } from '@halfrate/runtime'
import { heldBackText } from '../run/held-back.js'
import { storeFlag } from '../run/self-command.js'
import type { Place } from '../run/store-options.js'
import { bytesText } from '../screen/bytes-text.js'
import { commandText } from '../screen/command-text.js'
import { countOf } from '../screen/number-text.js'
import { queueFiguresOf } from '../screen/queue-figures.js'
import { durationText } from '../screen/time-text.js'
import { type Finding, ok, problem, warning } from './finding.js'

// Above it a check of the whole file takes longer than somebody who asks a doctor waits.
const CHECKED_UP_TO_BYTES = 1_000_000_000
const LOW_DISK_BYTES = 2_000_000_000
const NO_DISK_BYTES = 200_000_000
const LARGE_LOG_BYTES = 1_000_000_000
const ABSENT_MS = 600_000

/** The database of a store: what it is, whether it is whole, whether it keeps what it has answered. */
export async function storeFindings(
  { store }: Halfrate,
  options: { readonly place: Place; readonly isThorough: boolean },
): Promise<readonly Finding[]> {
  const brief = await store.health({ thorough: false })
  const isThorough = options.isThorough || brief.bytes <= CHECKED_UP_TO_BYTES
  const health = isThorough ? await store.health({ thorough: true }) : brief
  const findings = [
    ok('store', `${health.engine}, schema ${health.schema}, ${bytesText(health.bytes)}`),
    durableFinding(health),
    faultFinding(health, storeFlag(options.place)),
  ]
  const path = options.place.store
  return isPostgresUrl(path) ? findings : [...findings, await logFinding(path)]
}

function durableFinding({ isDurable }: StoreHealth): Finding {
  if (isDurable) return ok('durability', 'what was accepted outlives a power cut')
  return warning(
    'durability',
    'a power cut may lose what was accepted',
    'Keep the store in WAL mode on a local disk, or PostgreSQL with fsync and full_page_writes on.',
  )
}

function faultFinding({ faults, engine }: StoreHealth, flag: string): Finding {
  if (faults === null) {
    return engine.startsWith('SQLite')
      ? ok('integrity', 'not checked, since the file is large; --integrity checks it')
      : ok(
          'integrity',
          `the server checks its own files; ${commandText('verify', flag)} checks what is in them`,
        )
  }
  if (faults.length === 0) return ok('integrity', 'the file is whole')
  return problem(
    'integrity',
    `the file is damaged: ${faults[0]}`,
    `Stop every process on it, keep a copy of it and of its -wal file, and put a backup back; then ${commandText('recover', flag)}. Without a backup: halfrate salvage.`,
  )
}

async function logFinding(path: string): Promise<Finding> {
  const bytes = (await stat(`${path}-wal`).catch(() => null))?.size ?? 0
  if (bytes < LARGE_LOG_BYTES) return ok('log', `${bytesText(bytes)} in the write-ahead log`)
  return warning(
    'log',
    `${bytesText(bytes)} in the write-ahead log`,
    'A reader that never ends keeps it from being written back; look for one.',
  )
}

/** The room beside a store that is a file. */
export async function diskFinding(path: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dirname(path))
  const free = bavail * bsize
  const text = `${bytesText(free)} free in ${dirname(path)}`
  if (free < NO_DISK_BYTES) {
    return problem('disk', text, 'Make room: without it nothing can be accepted or collected.')
  }
  if (free < LOW_DISK_BYTES) {
    return warning('disk', text, 'Make room before large results come in.')
  }
  return ok('disk', text)
}

/** Whether somebody works on a store that has work, and whether something holds sending back. */
export async function workFindings(half: Halfrate, place: Place): Promise<readonly Finding[]> {
  const { store } = half
  const flag = storeFlag(place)
  const now = await store.now()
  const held = await heldBackText(half, now, { queues: [RUN_QUEUE], storeFlag: flag })
  const queues = await store.listQueues({ project: DEFAULT_PROJECT })
  const paused = await pausedQueues(store, queues)
  const reasons = [held, paused].filter((reason) => reason !== null)
  const limits =
    reasons.length === 0
      ? ok('limits', 'nothing holds sending back')
      : warning(
          'limits',
          `held back: ${reasons.join('; ')}`,
          `${commandText('status', flag)} and ${commandText('queues', flag)} tell more.`,
        )
  const open = queues.reduce((sum, queue) => {
    const { waiting, atClaude, answerLost } = queueFiguresOf(queue)
    return sum + waiting + atClaude + answerLost
  }, 0)
  const setting = await store.getSetting(heartbeatSetting(DEFAULT_ACCOUNT))
  const at = (setting?.value as Heartbeat | null | undefined)?.at ?? null
  const worker = workerFinding(open, at === null ? null : now - at, flag)
  return [limits, worker, ...(await inboxFindings(half))]
}

// Nobody but the row itself says that it was refused, so a store with an inbox always says how many were.
async function inboxFindings(half: Halfrate): Promise<readonly Finding[]> {
  const counts = await half.inbox()
  if (counts === null) return []
  const { waiting, refused, look } = counts
  const wait = `${countOf(waiting, 'row')} to be taken`
  if (refused === 0) return [ok('inbox', `${wait}, none refused`)]
  return [
    warning(
      'inbox',
      `${countOf(refused, 'row')} refused, ${wait}`,
      `${look}; shows them: correct them and set error to NULL, or delete them.`,
    ),
  ]
}

// The queue of jobs is in what holds back every store.
async function pausedQueues(
  store: Halfrate['store'],
  queues: readonly QueueOverview[],
): Promise<string | null> {
  const paused: string[] = []
  for (const { queue } of queues) {
    if (queue === RUN_QUEUE) continue
    const setting = await store.getSetting(queuePauseSetting(DEFAULT_PROJECT, queue))
    if (setting !== null && setting.value !== null) paused.push(queue)
  }
  return paused.length === 0 ? null : `paused by hand: ${paused.join(', ')}`
}

function workerFinding(open: number, agoMs: number | null, flag: string): Finding {
  const work = open === 0 ? 'nothing is open' : `${countOf(open, 'request')} open`
  const seen = agoMs === null ? 'never seen' : `last seen ${durationText(agoMs)} ago`
  if (open === 0 || (agoMs !== null && agoMs < ABSENT_MS)) return ok('worker', `${seen}; ${work}`)
  return warning(
    'worker',
    `${seen}; ${work}`,
    `Start ${commandText('work', flag)}, or run it from cron with --once.`,
  )
}
