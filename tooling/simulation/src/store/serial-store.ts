import type { Store } from '@halfrate/core'
import type { OpenedStore } from './open-store.js'

type AnyCall = (params?: unknown) => Promise<unknown>

/**
 * A store in another process as one whose calls happen one after another, in the order in which they were made. How
 * quickly its server answers then changes nothing but how long a run takes.
 */
export function serialStore(store: Store): OpenedStore {
  const made = new Map<string | symbol, AnyCall>()
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  const done = (): void => {
    waiting -= 1
  }
  const inTurn = (call: AnyCall): AnyCall => {
    return (params) => {
      waiting += 1
      const answer = last.then(() => call(params))
      last = answer.then(done, done)
      return answer
    }
  }
  const serial = new Proxy(store, {
    get(_, name) {
      const member: unknown = Reflect.get(store, name)
      if (typeof member !== 'function') return member
      const call = made.get(name) ?? inTurn((member as AnyCall).bind(store))
      made.set(name, call)
      return call
    },
  })
  return { store: serial, underWay: () => (waiting === 0 ? null : last) }
}
