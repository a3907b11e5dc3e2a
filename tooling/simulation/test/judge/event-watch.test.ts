import {
  DEFAULT_PROJECT,
  type DeliveredRow,
  type DeliveryId,
  type DeliveryPage,
  type RequestId,
  type RequestState,
  subscriptionSetting,
} from '@halfrate/core'
import { describe, expect, it } from 'vitest'
import { EventWatch } from '../../src/judge/event-watch.js'
import { Violations } from '../../src/judge/violation.js'
import { NEIGHBOUR } from '../../src/scenario/neighbour.js'
import { Q1, Q2 } from '../../src/scenario/workload.js'
import { twoProjects } from './two-projects.js'

const project = DEFAULT_PROJECT
const A = 1 as RequestId
const B = 2 as RequestId

interface PageOptions {
  readonly tries?: number
  readonly createdAt?: number
  readonly state?: RequestState
  readonly queue?: typeof Q1
}

function pageOf(
  id: number,
  requests: readonly RequestId[],
  options: PageOptions = {},
): DeliveryPage {
  const { tries = 0, createdAt = 7, state = 'done', queue = Q1 } = options
  const count = requests.length
  const rows = requests.map(
    (each, place) => ({ place, request: { id: each, state, project, queue } }) as DeliveredRow,
  )
  const delivery = { id: id as DeliveryId, project, queue, tries, count, position: 0, createdAt }
  return { delivery, rows, next: count }
}

function watching(): { readonly watch: EventWatch; readonly found: () => readonly string[] } {
  const violations = new Violations(() => 0)
  const watch = new EventWatch([{ project, queue: Q1 }], violations)
  return { watch, found: () => violations.all.map(({ invariant }) => invariant) }
}

function notTaken(requestIds: readonly RequestId[]) {
  return { requestIds, dueAt: 0 }
}

describe('the events of a request', () => {
  it('are one, however often its delivery is read', () => {
    const { watch, found } = watching()
    watch.read(pageOf(10, [A, B]))
    watch.read(pageOf(10, [A, B]))
    watch.acknowledged({ deliveryId: 10 as DeliveryId, position: 1, notTaken: null })
    watch.read(pageOf(10, [A, B]))
    watch.read(null)
    expect(found()).toEqual([])
  })

  it('are one when it was not taken and comes in a delivery of its own, as often as that is so', () => {
    const { watch, found } = watching()
    for (const [tries, deliveryId] of [10, 11, 12].entries()) {
      watch.read(pageOf(deliveryId, [A], { tries }))
      const ack = { deliveryId: deliveryId as DeliveryId, position: 1 }
      watch.acknowledged({ ...ack, notTaken: notTaken([A]) })
    }
    expect(found()).toEqual([])
  })

  it('are two when it was taken and comes in another delivery', () => {
    const { watch, found } = watching()
    watch.read(pageOf(10, [A, B]))
    const ack = { deliveryId: 10 as DeliveryId, position: 2, notTaken: notTaken([B]) }
    watch.acknowledged(ack)
    watch.read(pageOf(11, [B], { tries: 1 }))
    expect(found()).toEqual([])
    watch.read(pageOf(11, [A, B], { tries: 1 }))
    expect(found()).toEqual(['I12'])
  })

  it('are two when nothing was acknowledged yet and it is in two deliveries', () => {
    const { watch, found } = watching()
    watch.read(pageOf(10, [A]))
    watch.read(pageOf(11, [A]))
    expect(found()).toEqual(['I12'])
  })

  it('are two when what was put aside comes as if it had become done another time', () => {
    for (const options of [{ tries: 0 }, { tries: 2 }, { tries: 1, createdAt: 8 }]) {
      const { watch, found } = watching()
      watch.read(pageOf(10, [A]))
      const ack = { deliveryId: 10 as DeliveryId, position: 1, notTaken: notTaken([A]) }
      watch.acknowledged(ack)
      watch.read(pageOf(11, [A], options))
      expect(found()).toEqual(['I12'])
    }
  })

  it('are none before it is done, and none in a queue that nobody asked for', () => {
    const { watch, found } = watching()
    watch.read(pageOf(10, [A], { state: 'waiting' }))
    expect(found()).toEqual(['I12'])
    watch.read(pageOf(11, [B], { queue: Q2 }))
    expect(found()).toEqual(['I12', 'I12'])
  })

  it('begin with a first try, unless the store was put back from a backup', () => {
    const { watch, found } = watching()
    watch.read(pageOf(10, [A], { tries: 1 }))
    expect(found()).toEqual(['I12'])
    watch.restart()
    watch.read(pageOf(12, [A], { tries: 3 }))
    expect(found()).toEqual(['I12'])
  })

  it('are looked for at the end in every queue, whether or not anybody reads them', async () => {
    const { store, ids } = await twoProjects()
    const { watch, found } = watching()
    const queues = [project, NEIGHBOUR].map((each) => ({ project: each, queue: Q1 }))
    for (const { project: of, queue } of queues) {
      const name = subscriptionSetting(of, queue)
      await store.putSetting({ ...name, value: { since: 0 }, ifVersion: null })
      const requestIds = ids.get(of) ?? []
      await store.cancel({ project: of, requestIds, reason: 'canceled' })
    }
    await watch.readLeft(store, queues.slice(0, 1))
    expect(found()).toEqual([])
    await watch.readLeft(store, queues)
    // The neighbour's queue is none that the watch was told of.
    expect(found()).toEqual(['I12', 'I12'])
  })
})
