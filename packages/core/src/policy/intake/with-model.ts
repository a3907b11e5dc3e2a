import { joinBytes } from '../results/join-bytes.js'
import { editMember } from './edit-member.js'
import { tailMarkBytes } from './tail-mark.js'

const encoder = new TextEncoder()

/** The own members of a request's params with another model. */
export interface OtherModelBody {
  /** Joined by commas and without braces. */
  readonly body: Uint8Array
  /** Whether the members that were shared with others are among them, since the model was one of those. */
  readonly standsAlone: boolean
}

/**
 * The members of a request's params with another `model`; every other byte stays as it came, marks of files and of a tail too.
 * Null when there is none among them.
 */
export function withModel(
  { body, prefix }: { readonly body: Uint8Array; readonly prefix: Uint8Array | null },
  model: string,
): OtherModelBody | null {
  const own = edited(body, model)
  if (own !== null) return { body: own, standsAlone: false }
  const shared = prefix === null ? null : edited(prefix, model)
  if (shared === null) return null
  const mark = tailMarkBytes(body)
  const rest = body.subarray(mark)
  const between = rest.length === 0 ? '' : ','
  return { body: joinBytes([body.subarray(0, mark), shared, between, rest]), standsAlone: true }
}

function edited(members: Uint8Array, model: string): Uint8Array | null {
  const bytes = encoder.encode(JSON.stringify(model))
  return editMember(members, 'model', (value) => ({ start: 0, end: value.length, bytes }))
}
