import { ConfigError, DEFAULT_ACCOUNT, DEFAULT_PROJECT, type ProjectId } from '@halfrate/core'
import {
  type Halfrate,
  type PauseScope,
  pauseByHand,
  resumeByHand,
  resumeJob,
} from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { queueFlag } from '../flags/queue-flag.js'
import { findJob } from '../run/find-job.js'
import { handPauseTexts } from '../run/hand-pauses.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { checkProject } from '../scope/known-project.js'
import { checkQueue } from '../scope/known-queue.js'
import { commandText } from '../screen/command-text.js'
import { pausedText, pauseFlag } from '../screen/pause-text.js'
import { printText } from '../terminal/print-text.js'

/** Flags of `pause` and `resume`. */
export interface PauseFlags extends StoreFlags {
  readonly all?: boolean | undefined
  readonly project?: string | undefined
  readonly queue?: string | undefined
  readonly note?: string | undefined
  /** Of `resume` alone. */
  readonly job?: string | undefined
  readonly json?: boolean | undefined
}

/**
 * Holds back what is not sent yet, until `resume`. What is at Claude still comes home.
 *
 * @throws {ConfigError} when two scopes are named, or the store has no such queue or project.
 */
export async function pause(flags: PauseFlags): Promise<number> {
  const scope = scopeOf(flags)
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  await check(half, scope)
  const isNew = await pauseByHand(half.store, scope, flags.note ?? null)
  const how = commandText(`resume${pauseFlag(scope)}`, storeFlag(place))
  const what = pausedText(scope)
  const said = isNew
    ? `${what}${what === '' ? '' : 'is '}paused; what is at Claude still comes home`
    : `${what === '' ? 'it ' : what}was paused already`
  say(flags, { type: 'paused', ...fieldsOf(scope), changed: isNew }, [`${said}. ${how} ends it`])
  return EXIT.usable
}

/**
 * Ends a pause by hand, and lets what paused by itself be tried at once. Those of other scopes stay, and are named.
 *
 * @throws {ConfigError} when two scopes are named, or the store has no such queue or project.
 */
export async function resume(flags: PauseFlags): Promise<number> {
  if (flags.job !== undefined) return await resumeAfterCanary(flags, flags.job)
  const scope = scopeOf(flags)
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  await check(half, scope)
  const changed = await resumeByHand(half.store, scope)
  const object = { type: 'resumed', ...fieldsOf(scope), changed }
  const now = await half.store.now()
  const still = await handPauseTexts(half.store, now, storeFlag(place), 'all')
  say(flags, object, [
    changed ? 'resumed' : 'nothing was paused',
    ...still.map((text) => `still ${text}`),
  ])
  return EXIT.usable
}

// A job has no pause by hand: what holds it back is that its first rows are not back, or were no good.
async function resumeAfterCanary(flags: PauseFlags, name: string): Promise<number> {
  scopeOf(flags)
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const job = await findJob(half, name, storeFlag(place))
  const changed = await resumeJob(half.store, job)
  const said = changed
    ? `the rest of job ${job.name} goes with the next batch`
    : `no canary holds job ${job.name} back`
  const scope = { scope: 'job', project: null, queue: null, job: job.name }
  say(flags, { type: 'resumed', ...scope, changed }, [said])
  return EXIT.usable
}

function scopeOf({ all, project, queue, job }: PauseFlags): PauseScope {
  const named = [
    all === true ? '--all' : null,
    project && '--project',
    queue && '--queue',
    job && '--job',
  ]
  const several = named.filter((flag) => flag != null)
  if (several.length > 1) {
    throw new ConfigError(
      `expected one of ${job === undefined ? '--all, --project and --queue' : '--all, --project, --queue and --job'}, got ${several.join(' and ')}.`,
      'Nothing was changed; give them one after the other.',
    )
  }
  if (all === true) return { type: 'store' }
  if (project !== undefined) return { type: 'project', project: project as ProjectId }
  if (queue === undefined) return { type: 'account', account: DEFAULT_ACCOUNT }
  return { type: 'queue', project: DEFAULT_PROJECT, queue: queueFlag('--queue')(queue) }
}

async function check(half: Halfrate, scope: PauseScope): Promise<void> {
  if (scope.type === 'queue') await checkQueue(half, scope.queue)
  if (scope.type === 'project') await checkProject(half, scope.project)
}

function fieldsOf(scope: PauseScope): object {
  return {
    scope: scope.type,
    project: scope.type === 'project' ? scope.project : null,
    queue: scope.type === 'queue' ? scope.queue : null,
  }
}

function say({ json }: PauseFlags, object: object, lines: readonly string[]): void {
  if (json === true) process.stdout.write(`${JSON.stringify(object)}\n`)
  else printText(process.stderr, lines)
}
