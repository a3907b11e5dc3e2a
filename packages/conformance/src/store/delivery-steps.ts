import {
  type Delivery,
  type DeliveryId,
  type DeliveryPage,
  deliveryOfResource,
  type Fence,
  InvariantError,
  type QueueName,
  type RequestId,
  subscriptionSetting,
  type WorkerId,
} from '@halfrate/core'
import type { Scene } from './scene.js'

/** How long a claim of a delivery holds in a scene. */
export const LEASE_MS = 60_000

/** A delivery that a case holds. */
export interface HeldDelivery {
  readonly id: DeliveryId
  readonly fence: Fence
}

/** Says that the results of a queue are wanted, or with null that they are not any more. */
export async function subscribe(
  scene: Scene,
  params: { readonly queue?: QueueName; readonly value?: null } = {},
): Promise<void> {
  const name = subscriptionSetting(scene.project, params.queue ?? scene.queue)
  const ifVersion = (await scene.store.getSetting(name))?.version ?? null
  const value = params.value === null ? null : { since: scene.clock.now() }
  await scene.store.putSetting({ ...name, value, ifVersion })
}

/** Claims deliveries that are due, in the order in which they are given. */
export async function claimDeliveries(
  scene: Scene,
  params: {
    readonly queue?: QueueName
    readonly worker?: string
    readonly limit?: number
    readonly takeOverFrom?: WorkerId
  } = {},
): Promise<readonly HeldDelivery[]> {
  const { queue = scene.queue, worker = scene.worker, limit = 1_000, takeOverFrom } = params
  const { leases } = await scene.store.claim({
    work: { type: 'deliveries', project: scene.project, queue },
    workerId: worker as WorkerId,
    leaseMs: LEASE_MS,
    limit,
    takeOverFrom,
  })
  return leases.map(({ resource, epoch }) => {
    const id = deliveryOfResource(resource)
    if (id === null) throw new InvariantError(`${resource} is no delivery.`)
    return { id, fence: { resource, epoch } }
  })
}

/** The only delivery that is due, claimed. */
export async function claimOne(
  scene: Scene,
  params: Parameters<typeof claimDeliveries>[1] = {},
): Promise<HeldDelivery> {
  const held = await claimDeliveries(scene, params)
  const [one] = held
  if (one === undefined || held.length > 1) {
    throw new InvariantError(`There are ${held.length} deliveries.`)
  }
  return one
}

/** Reads a delivery from a place on, or from its position. */
export async function readPage(
  scene: Scene,
  { id }: Pick<HeldDelivery, 'id'>,
  page: { readonly from?: number; readonly limit?: number } = {},
): Promise<DeliveryPage> {
  const { from = null, limit = 100 } = page
  const read = await scene.store.readDelivery({ deliveryId: id, from, limit })
  if (read === null) throw new InvariantError(`Delivery ${id} is gone.`)
  return read
}

/** The requests of each delivery that is due, from its position on. */
export async function dueRequests(
  scene: Scene,
  params: Parameters<typeof claimDeliveries>[1] = {},
): Promise<readonly (readonly RequestId[])[]> {
  const found: (readonly RequestId[])[] = []
  for (const held of await claimDeliveries(scene, params)) {
    const { rows } = await readPage(scene, held)
    found.push(rows.map(({ request }) => request.id))
  }
  return found
}

/** Says that everything before a place is dealt with, and what of it was not taken. */
export function ack(
  scene: Scene,
  { id, fence }: HeldDelivery,
  position: number,
  again: { readonly requestIds: readonly RequestId[]; readonly afterMs: number } | null = null,
): Promise<{ readonly left: number }> {
  const notTaken =
    again === null
      ? null
      : { requestIds: again.requestIds, dueAt: scene.clock.now() + again.afterMs }
  return scene.store.ackDelivery({ fence, deliveryId: id, position, notTaken })
}

/** A delivery as it stands. */
export async function delivery(scene: Scene, held: Pick<HeldDelivery, 'id'>): Promise<Delivery> {
  return (await readPage(scene, held)).delivery
}
