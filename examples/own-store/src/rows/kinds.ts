import type { DeliveryId, JobId, RequestId, SubmissionId } from '@halfrate/core'
import type { Keys } from '../keys.js'
import { placesOfAttempt, type StoredAttempt } from './stored-attempt.js'
import { placesOfDelivery, type StoredDelivery } from './stored-delivery.js'
import { placesOfJob, type StoredJob } from './stored-job.js'
import { placesOfRequest, type StoredRequest } from './stored-request.js'
import { placesOfSubmission, type StoredSubmission } from './stored-submission.js'
import type { Kind } from './table.js'

/** A lease as its record holds it; its stamp is the epoch. */
export interface StoredLease {
  readonly expiresAt: number
  readonly workerId: string
}

/** A document by its key; its stamp is its version. */
export type SettingName = Readonly<{ scope: string; name: string }>

/** A document; wrapped, since it may be null. */
export interface StoredSetting {
  readonly value: unknown
}

/** A file of a project. */
export interface StoredBlob {
  /** How many bodies have a mark of it. */
  readonly bodies: number
  readonly pieces: number
}

/** All kinds of records. */
export interface Kinds {
  readonly requests: Kind<RequestId, StoredRequest>
  readonly attempts: Kind<string, StoredAttempt>
  readonly submissions: Kind<SubmissionId, StoredSubmission>
  readonly jobs: Kind<JobId, StoredJob>
  readonly deliveries: Kind<DeliveryId, StoredDelivery>
  /** By whole key. */
  readonly blobs: Kind<string, StoredBlob>
  /** By whole key: what a name stands for. */
  readonly pointers: Kind<string, number>
  readonly settings: Kind<SettingName, StoredSetting>
  /** By resource. Only scripts write leases. */
  readonly leases: Kind<string, StoredLease>
}

/** Describes the records of a store. */
export function kindsOf(keys: Keys): Kinds {
  return {
    requests: {
      ...json<StoredRequest>('request'),
      keyOf: (id) => keys.of('request', id),
      placesOf: (row) => placesOfRequest(keys, row),
    },
    attempts: {
      ...json<StoredAttempt>('attempt'),
      keyOf: (name) => keys.of('attempt', name),
      placesOf: (row) => placesOfAttempt(keys, row),
    },
    submissions: {
      ...json<StoredSubmission>('submission'),
      keyOf: (id) => keys.of('submission', id),
      placesOf: (row) => placesOfSubmission(keys, row),
    },
    jobs: {
      ...json<StoredJob>('job'),
      keyOf: (id) => keys.of('job', id),
      placesOf: (row) => placesOfJob(keys, row),
    },
    deliveries: {
      ...json<StoredDelivery>('delivery'),
      keyOf: (id) => keys.of('delivery', id),
      placesOf: (row) => placesOfDelivery(keys, row),
    },
    blobs: { ...json<StoredBlob>('file'), keyOf: (key) => key, placesOf: () => [] },
    pointers: {
      ...json<number>('pointer'),
      keyOf: (key) => key,
      placesOf: () => [],
      stampOf: String,
    },
    settings: {
      name: 'setting',
      read: (text) => ({ value: JSON.parse(text) }),
      write: ({ value }) => JSON.stringify(value ?? null),
      keyOf: ({ scope, name }) => keys.ofTexts('setting', scope, name),
      placesOf: () => [],
    },
    leases: {
      name: 'lease',
      keyOf: (resource) => keys.of('lease', resource),
      read: readLease,
      write: ({ expiresAt, workerId }) => `${expiresAt}\n${workerId}`,
      placesOf: () => [],
    },
  }
}

function json<Row>(name: string): Pick<Kind<never, Row>, 'name' | 'read' | 'write'> {
  return {
    name,
    read: (text) => JSON.parse(text) as Row,
    // Escapes half surrogate pairs, so that any text comes back as it was.
    write: (row) => JSON.stringify(row),
  }
}

function readLease(text: string): StoredLease {
  const end = text.indexOf('\n')
  return { expiresAt: Number(text.slice(0, end)), workerId: text.slice(end + 1) }
}
