import type { RemoteBatch, RemoteId } from '@halfrate/core'
import { z } from 'zod'
import { readInstant } from './instant.js'
import { problemOf, type Reading } from './reading.js'

const instant = z.string().transform((text, context) => {
  const at = readInstant(text)
  if (at !== null) return at
  context.addIssue('expected an RFC 3339 instant')
  return z.NEVER
})

const optionalInstant = instant.nullish().transform((at) => at ?? null)

// All five are needed: whether a batch is complete, and what of it was not paid, is decided by them.
const count = z.int().min(0)
const counts = z.object({
  processing: count,
  succeeded: count,
  errored: count,
  canceled: count,
  expired: count,
})

/** A MessageBatch on the wire. What we don't know is left out; what may be absent is null. */
const batch = z
  .object({
    id: z.string().min(1),
    type: z.literal('message_batch'),
    processing_status: z.enum(['in_progress', 'canceling', 'ended']),
    request_counts: counts,
    created_at: instant,
    expires_at: instant,
    ended_at: optionalInstant,
    cancel_initiated_at: optionalInstant,
    archived_at: optionalInstant,
  })
  .transform(
    (wire): RemoteBatch => ({
      id: wire.id as RemoteId,
      status: wire.processing_status,
      counts: wire.request_counts,
      createdAt: wire.created_at,
      expiresAt: wire.expires_at,
      endedAt: wire.ended_at,
      cancelInitiatedAt: wire.cancel_initiated_at,
      archivedAt: wire.archived_at,
    }),
  )

/** Reads a MessageBatch. */
export function readBatch(json: unknown): Reading<RemoteBatch> {
  const parsed = batch.safeParse(json)
  if (parsed.success) return { type: 'read', value: parsed.data }
  return { type: 'unreadable', problem: problemOf(parsed.error) }
}

// One entry that can't be read makes the page unreadable: a search for a lost answer that did not see a
// batch would conclude that there is none, and send again.
const page = z
  .object({ data: z.array(batch), has_more: z.boolean() })
  .refine((wire) => wire.data.length > 0 || !wire.has_more, 'says that it has more, but is empty')

/** One page of the list, as far as its body goes. */
export interface BatchPage {
  readonly batches: readonly RemoteBatch[]
  readonly hasMore: boolean
}

/** Reads a page of the list: whole, or not at all. */
export function readPage(json: unknown): Reading<BatchPage> {
  const parsed = page.safeParse(json)
  if (!parsed.success) return { type: 'unreadable', problem: problemOf(parsed.error) }
  return { type: 'read', value: { batches: parsed.data.data, hasMore: parsed.data.has_more } }
}
