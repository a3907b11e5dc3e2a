import type { MemberBody } from '@halfrate/core'
import { splitBody, tailMarkBytes } from '@halfrate/core/intake'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** An id ends in the key of another request. */
export const firstTail: Plant = {
  name: 'first_tail',
  about: 'Ids end in the key of the first request of their batch, where that is as long as theirs.',
  within: 20,
  store: (store) =>
    wrappedStore(store, {
      readMembers: async (params) => withFirstTail(await store.readMembers(params)),
    }),
}

function withFirstTail(members: readonly MemberBody[]): readonly MemberBody[] {
  const first = members[0]?.body ?? new Uint8Array()
  const bytes = tailMarkBytes(first)
  if (bytes === 0) return members
  return members.map((member) => {
    if (tailMarkBytes(member.body) !== bytes) return member
    const body = new Uint8Array(member.body.length)
    body.set(first.subarray(0, bytes))
    body.set(splitBody(member.body).body, bytes)
    return { ...member, body }
  })
}
