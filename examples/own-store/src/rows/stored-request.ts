import type { AttemptRef, ChildBody, JobId, Request, RequestId, RequestState } from '@halfrate/core'
import { groupOf, type Keys, resourceOf } from '../keys.js'
import { type Place, padded } from './place.js'

/** A request with what the store alone needs to know of it. */
export interface StoredRequest {
  readonly request: Request
  /** The part of its job in which it was put, 0 outside a job. */
  readonly part: number
  /** The newest committed part that listed it, 0 outside a job. */
  readonly listedPart: number
  /** Its part is committed; before that it is invisible to planning. */
  readonly accepted: boolean
  /** An accepted request took its place. */
  readonly displaced: boolean
  /** Digest of its params, in hex. */
  readonly paramsHash: string
  /** Names the shared members of its params; 0 for none. */
  readonly prefixId: number
  /** Hashes in hex of the files that its body has marks of; left out when there are none. */
  readonly blobs?: readonly string[]
  /** Its bodies that were made of another one; left out when there are none. */
  readonly changedBodies?: readonly ChildBody[]
  /** The older request under its key; null for the first one. */
  readonly supersedes: RequestId | null
  /** Its attempts, oldest first. */
  readonly attempts: readonly AttemptRef[]
}

/** Whether planning may take it, once it is due. */
export function isPlannable(row: StoredRequest): boolean {
  const { state, supersededBy, cancelRequestedAt } = row.request
  return row.accepted && state === 'waiting' && supersededBy === null && cancelRequestedAt === null
}

/** Whether it is the newest accepted one under its key. */
export function isNewest(row: StoredRequest): boolean {
  return row.accepted && !row.displaced
}

/** Every entry that a request has in the indexes. */
export function placesOfRequest(keys: Keys, row: StoredRequest): readonly Place[] {
  const { id, project, jobId, state, cancelRequestedAt } = row.request
  const entry = (key: string): Place => ({ key, member: String(id), score: id })
  const places = [entry(keys.of('requests'))]
  if (row.accepted) places.push(entry(keys.accepted(project, state)))
  if (row.accepted && jobId !== null) places.push(entry(keys.jobAccepted(jobId, state)))
  if (row.displaced && state !== 'done' && cancelRequestedAt === null) {
    places.push(entry(keys.of('superseded')))
  }
  return isPlannable(row) ? [...places, ...waitingPlaces(keys, row)] : places
}

const STATES: readonly RequestState[] = ['waiting', 'assigned', 'done']

/** Every entry that a request could have in some state: those that it must have and those that it must not have. */
export function possiblePlacesOf(keys: Keys, row: StoredRequest): readonly Place[] {
  const found = new Map<string, Place>()
  for (const state of STATES) {
    const open = { supersededBy: null, cancelRequestedAt: null }
    const request = { ...row.request, ...open, state }
    for (const place of placesOfRequest(keys, {
      ...row,
      request,
      accepted: true,
      displaced: true,
    })) {
      found.set(`${place.key}\n${place.member}`, place)
    }
  }
  return [...found.values()]
}

function waitingPlaces(keys: Keys, { request, prefixId }: StoredRequest): readonly Place[] {
  const { id, jobId, notBefore, itemBytes, createdAt } = request
  const resource = resourceOf(request)
  const group = groupOf(request)
  const age = [id, itemBytes, notBefore, createdAt, jobId ?? 0].join(' ')
  const announce = [
    ['SADD', keys.of('groups', resource), group],
    ['ZADD', keys.of('turns'), 'NX', '0', resource],
    ['ZADD', keys.queues(request.project), 'NX', '0', request.queue],
  ]
  const places = [
    { key: keys.group('wire', resource, group), member: wireText(request, prefixId), score: 0 },
    { key: keys.group('age', resource, group), member: age, score: id, announce },
  ]
  if (notBefore === 0) return places
  const later = { member: String(id), score: notBefore }
  return [
    ...places,
    { ...later, key: keys.group('later', resource, group) },
    { ...later, key: keys.of('later', resource) },
  ]
}

// Sorted as text: by model, then prefix, then id. JSON writes any model without the separator.
function wireText(request: Request, prefixId: number): string {
  const { id, jobId, model, itemBytes, maxTokens, notBefore } = request
  const facts = [itemBytes, maxTokens, notBefore, jobId ?? 0].join(' ')
  return [JSON.stringify(model), padded(prefixId), padded(id), facts].join('\0')
}

/** A waiting request as its entry in wire order tells it. */
export interface WireEntry {
  readonly id: RequestId
  readonly jobId: JobId | null
  readonly model: string
  readonly itemBytes: number
  readonly maxTokens: number
  readonly notBefore: number
}

/** Reads an entry of the wire order. */
export function readWireText(member: string): WireEntry {
  const [model = '""', , id = '', facts = ''] = member.split('\0')
  const [itemBytes = 0, maxTokens = 0, notBefore = 0, job = 0] = facts.split(' ').map(Number)
  const ids = { id: Number(id) as RequestId, jobId: jobOf(job) }
  return { ...ids, model: JSON.parse(model), itemBytes, maxTokens, notBefore }
}

/** A waiting request as its entry in the order of age tells it. */
export interface AgeEntry {
  readonly id: number
  readonly itemBytes: number
  readonly notBefore: number
  readonly createdAt: number
  readonly jobId: JobId | null
}

/** Reads an entry of the order of age. */
export function readAgeText(member: string): AgeEntry {
  const [id = 0, itemBytes = 0, notBefore = 0, createdAt = 0, job = 0] = member
    .split(' ')
    .map(Number)
  return { id, itemBytes, notBefore, createdAt, jobId: jobOf(job) }
}

function jobOf(id: number): JobId | null {
  return id === 0 ? null : (id as JobId)
}
