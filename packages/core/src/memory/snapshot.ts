import type { Attempt } from '../model/attempt.js'
import type { JobId, RequestId } from '../model/ids.js'
import type { Job } from '../model/job.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import type { QuarantinedLine } from '../ports/store-collecting.js'
import type { Lease } from '../ports/store-leases.js'
import type { Setting } from '../ports/store-upkeep.js'
import type { StoredBody, StoredResult } from './byte-table.js'
import type { StoredDelivery } from './stored-delivery.js'
import type { StoredRequest } from './stored-request.js'
import type { Tables } from './tables.js'

/** All that a memory store held at one instant. Later calls on the store do not change it. */
export interface MemorySnapshot {
  readonly lastId: number
  readonly jobs: readonly Job[]
  readonly openParts: readonly {
    readonly jobId: JobId
    readonly part: number
    readonly touchedAt: EpochMs
    readonly put: readonly RequestId[]
    readonly rows: readonly (readonly [RequestId, number | null])[]
  }[]
  readonly requests: readonly StoredRequest[]
  readonly submissions: readonly Submission[]
  readonly attempts: readonly Attempt[]
  readonly prefixes: readonly (readonly [
    number,
    { readonly key: string; readonly bytes: Uint8Array },
  ])[]
  readonly bodies: readonly (readonly [number, StoredBody])[]
  readonly blobs: readonly (readonly [string, Uint8Array])[]
  readonly results: readonly (readonly [number, StoredResult])[]
  readonly quarantine: readonly (readonly [string, QuarantinedLine])[]
  readonly leases: readonly Lease[]
  readonly settings: readonly (readonly [string, Setting])[]
  readonly foreign: readonly string[]
  readonly deliveries: readonly StoredDelivery[]
}

/** Copies the tables. Rows are never changed in place, so lists of them are enough. */
export function takeSnapshot(tables: Tables): MemorySnapshot {
  return {
    lastId: tables.lastId,
    jobs: [...tables.jobs.all()],
    openParts: [...tables.jobs.openParts].map(([jobId, open]) => ({
      jobId,
      part: open.part,
      touchedAt: open.touchedAt,
      put: [...open.put],
      rows: [...open.rows],
    })),
    requests: [...tables.requests.all()],
    submissions: [...tables.submissions.all()],
    attempts: [...tables.attempts.all()],
    prefixes: [...tables.bytes.prefixes],
    bodies: [...tables.bytes.bodies],
    results: [...tables.bytes.results],
    blobs: [...tables.bytes.blobs],
    quarantine: [...tables.quarantine],
    leases: [...tables.leases.values()],
    settings: [...tables.settings],
    foreign: [...tables.foreign],
    deliveries: [...tables.deliveries.values()],
  }
}

/** Fills empty tables with what a snapshot holds; indexes are made anew. */
export function loadSnapshot(tables: Tables, snapshot: MemorySnapshot): void {
  tables.lastId = Math.max(tables.lastId, snapshot.lastId)
  for (const job of snapshot.jobs) tables.jobs.write(job)
  for (const { jobId, part, touchedAt, put, rows } of snapshot.openParts) {
    tables.jobs.openParts.set(jobId, { part, touchedAt, put: new Set(put), rows: new Map(rows) })
  }
  for (const row of snapshot.requests) tables.requests.insert(row)
  for (const submission of snapshot.submissions) tables.submissions.insert(submission)
  for (const attempt of snapshot.attempts) tables.attempts.insert(attempt)
  for (const [id, { key, bytes }] of snapshot.prefixes) tables.bytes.keepPrefix(id, key, bytes)
  for (const [id, body] of snapshot.bodies) tables.bytes.keepBody(id, body)
  for (const [id, result] of snapshot.results) tables.bytes.keepResult(id, result)
  for (const [key, bytes] of snapshot.blobs) tables.bytes.blobs.set(key, bytes)
  for (const [key, line] of snapshot.quarantine) tables.quarantine.set(key, line)
  for (const lease of snapshot.leases) tables.leases.set(lease.resource, lease)
  for (const [key, setting] of snapshot.settings) tables.settings.set(key, setting)
  for (const key of snapshot.foreign) tables.foreign.add(key)
  for (const delivery of snapshot.deliveries) tables.deliveries.set(delivery.id, delivery)
}
