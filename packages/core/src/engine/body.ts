import type { Submission } from '../model/submission.js'
import { CustomIdMaker, type Sealing } from '../policy/custom-id.js'
import { findBlobMark } from '../policy/intake/blob-mark.js'
import { splitBody, tailMarkBytes } from '../policy/intake/tail-mark.js'
import type { Store } from '../ports/store.js'
import type { MemberBody } from '../ports/store-sending.js'
import type { CreateParams } from '../ports/transport.js'
import { bodyParts } from './body-parts.js'
import { ItemWriter, PIECE_BYTES, type SentMember } from './item-writer.js'

// So many members that a read's own cost is small, so few that their bytes are still in the processor's cache.
const PAGE_MEMBERS = 128

/** What a create body is made of. */
export interface BodyParams {
  readonly store: Pick<Store, 'readMembers' | 'readBlob' | 'traits'>
  readonly submission: Submission
  readonly sealing: Sealing
  /** Told when a file turns out to be damaged on its way, which ends the body before its end. */
  readonly onBadFile: () => void
}

/** The body of a create call, as a transport takes it. */
export type StreamedBody = Pick<CreateParams, 'body' | 'reuse'>

/**
 * Streams the body of a create call from stored bytes, a page of members at a time.
 *
 * Nothing is parsed: an item is its custom id and the stored member bytes, with files written as base64 where they have
 * marks, so memory stays flat and the length is known before the first byte. Whoever takes a piece may keep it: only one that was given back is written to again.
 */
export function createBody(params: BodyParams): StreamedBody {
  const { submission, sealing } = params
  const writer = new ItemWriter(new CustomIdMaker(submission.nonce, sealing))
  return { body: piecesOf(params, writer), reuse: (piece) => writer.reuse(piece) }
}

async function* piecesOf(
  { store, submission, onBadFile }: BodyParams,
  writer: ItemWriter,
): AsyncGenerator<Uint8Array> {
  const limit = Math.min(PAGE_MEMBERS, store.traits.pageLimit)
  let reuse: readonly MemberBody[] | undefined
  for (let after = -1; ; ) {
    const page = await store.readMembers({ submissionId: submission.id, after, limit, reuse })
    for (const stored of page) {
      const member = sentMember(stored)
      if (findBlobMark(member.body) !== null) {
        const { project } = submission
        const parts = bodyParts({ store, project, body: member.body, onBadFile })
        yield* writer.addInParts(member, parts)
      } else if (member.body.length > PIECE_BYTES) yield* writer.addLarge(member)
      else {
        const full = writer.add(member)
        if (full !== null) yield full
      }
    }
    const last = page.at(-1)
    if (last === undefined) break
    after = last.ordinal
    // Large bodies are not copied, and may be on their way still.
    reuse = page.every(({ body }) => body.length <= PIECE_BYTES) ? page : undefined
  }
  yield writer.end()
}

function sentMember(stored: MemberBody): SentMember {
  if (tailMarkBytes(stored.body) === 0) return stored
  const { tail, body } = splitBody(stored.body)
  return { ...stored, body, tail: tail ?? undefined }
}
