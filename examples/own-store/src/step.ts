import {
  type DeliveryId,
  type EpochMs,
  type Fence,
  InvariantError,
  type JobId,
  LeaseLostError,
  type RequestId,
  type SubmissionId,
} from '@halfrate/core'
import type { Keys } from './keys.js'
import type { Connection, Word } from './redis/connection.js'
import {
  type Kinds,
  kindsOf,
  type SettingName,
  type StoredBlob,
  type StoredLease,
  type StoredSetting,
} from './rows/kinds.js'
import type { Place } from './rows/place.js'
import type { StoredAttempt } from './rows/stored-attempt.js'
import type { StoredDelivery } from './rows/stored-delivery.js'
import type { StoredJob } from './rows/stored-job.js'
import type { StoredRequest } from './rows/stored-request.js'
import type { StoredSubmission } from './rows/stored-submission.js'
import { type Changes, Table } from './rows/table.js'
import { COMMIT } from './scripts/commit.js'

// Lua takes the words of one command from its stack, which ends at 8,000.
const MOST_WORDS = 4_000

/**
 * One atomic step, seen from the inside: records are read, core decides, changes gather here, and one script compares
 * every record that was read and writes. When one has changed meanwhile, the step is begun again.
 */
export class Step {
  readonly now: EpochMs
  readonly keys: Keys
  readonly connection: Connection
  readonly requests: Table<RequestId, StoredRequest>
  readonly attempts: Table<string, StoredAttempt>
  readonly submissions: Table<SubmissionId, StoredSubmission>
  readonly jobs: Table<JobId, StoredJob>
  readonly deliveries: Table<DeliveryId, StoredDelivery>
  readonly blobs: Table<string, StoredBlob>
  readonly pointers: Table<string, number>
  readonly settings: Table<SettingName, StoredSetting>
  readonly leases: Table<string, StoredLease>
  /** Requests that it has ended. */
  readonly ended: Set<RequestId> = new Set()
  readonly #commands: (readonly Word[])[] = []
  readonly #absent: string[] = []
  #nextId: number
  #idsLeft: number
  readonly #commits: string

  constructor(params: {
    readonly connection: Connection
    readonly keys: Keys
    readonly now: EpochMs
    readonly firstId: number
    readonly ids: number
    /** The stamp of the newest commit that was brought into the indexes by page; empty when there was none. */
    readonly commits: string
  }) {
    const { connection, keys } = params
    const kinds: Kinds = kindsOf(keys)
    this.now = params.now
    this.keys = keys
    this.connection = connection
    this.requests = new Table(kinds.requests, connection)
    this.attempts = new Table(kinds.attempts, connection)
    this.submissions = new Table(kinds.submissions, connection)
    this.jobs = new Table(kinds.jobs, connection)
    this.deliveries = new Table(kinds.deliveries, connection)
    this.blobs = new Table(kinds.blobs, connection)
    this.pointers = new Table(kinds.pointers, connection)
    this.settings = new Table(kinds.settings, connection)
    this.leases = new Table(kinds.leases, connection)
    this.#nextId = params.firstId
    this.#idsLeft = params.ids
    this.#commits = params.commits
  }

  /** An id that nobody has had. As many can be taken as the step was begun with. */
  takeId<Id extends number>(): Id {
    if (this.#idsLeft === 0) throw new InvariantError('The step has no id left.')
    this.#idsLeft -= 1
    this.#nextId += 1
    return (this.#nextId - 1) as Id
  }

  /**
   * Passes when a fence is the newest lease of one of the given resources, now and when the step commits.
   *
   * @throws {LeaseLostError} otherwise.
   */
  async fence(fence: Fence, ...resources: readonly string[]): Promise<void> {
    await this.leases.load([fence.resource])
    const isNewest = this.leases.stamp(fence.resource) === String(fence.epoch)
    if (!isNewest || !resources.includes(fence.resource)) {
      throw new LeaseLostError(resources.join(' or '))
    }
  }

  /** Adds a command to what the step will do. */
  also(...words: readonly Word[]): void {
    this.#commands.push(words)
  }

  /** Lets the step commit only while a key does not exist; for sets that must be empty. */
  onlyWithout(key: string): void {
    this.#absent.push(key)
  }

  /** Makes every step that began before it begin again: what it commits reaches the indexes by page. */
  outdateOthers(): void {
    this.also('SET', this.keys.of('commits'), `${Number(this.#commits) + 1}\n`)
  }

  /**
   * Compares and, with `writes`, does everything. Answers whether what was read still held; if not, nothing was
   * written.
   */
  async commit({ writes }: { readonly writes: boolean }): Promise<boolean> {
    const changes = this.#tables().map((table) => table.changes())
    const guards = [
      ...changes.flatMap((each) => each.guards),
      ...this.#absent.map((key) => [key, ''] as const),
    ]
    const commands = writes ? [...commandsOf(changes), ...this.#commands] : []
    if (guards.length === 0 && commands.length === 0) return true
    // Whoever began before a large part was committed may have met a part of it.
    guards.push([this.keys.of('commits'), this.#commits])
    const words: Word[] = [String(guards.length), ...guards.flat()]
    for (const command of commands) words.push(String(command.length), ...command)
    return (await this.connection.run<number>(COMMIT, words)) === 1
  }

  #tables(): readonly { changes(): Changes }[] {
    const { requests, attempts, submissions, jobs, deliveries, blobs, pointers, settings } = this
    const records = [requests, attempts, submissions, jobs, deliveries]
    return [...records, blobs, pointers, settings, this.leases]
  }
}

function commandsOf(changes: readonly Changes[]): readonly (readonly string[])[] {
  const sets = changes.flatMap((each) => each.sets)
  const dels = changes.flatMap((each) => each.dels)
  const removed = byKey(changes.flatMap((each) => each.removed))
  const added = byKey(changes.flatMap((each) => each.added))
  const announced = changes.flatMap((each) => each.added).flatMap((place) => place.announce ?? [])
  return [
    ...new Map(announced.map((command) => [command.join('\n'), command])).values(),
    ...chunked('MSET', null, sets.flat()),
    ...chunked('DEL', null, dels),
    ...[...removed].flatMap(([key, places]) =>
      chunked(
        'ZREM',
        key,
        places.map(({ member }) => member),
      ),
    ),
    ...[...added].flatMap(([key, places]) =>
      chunked(
        'ZADD',
        key,
        places.flatMap(({ score, member }) => [String(score), member]),
      ),
    ),
  ]
}

function byKey(places: readonly Place[]): ReadonlyMap<string, readonly Place[]> {
  const groups = new Map<string, Place[]>()
  for (const place of places) {
    const group = groups.get(place.key) ?? []
    groups.set(place.key, group)
    group.push(place)
  }
  return groups
}

function chunked(name: string, key: string | null, words: readonly string[]): readonly string[][] {
  const head = key === null ? [name] : [name, key]
  const commands: string[][] = []
  for (let at = 0; at < words.length; at += MOST_WORDS) {
    commands.push([...head, ...words.slice(at, at + MOST_WORDS)])
  }
  return commands
}
