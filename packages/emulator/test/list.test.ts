import type { ListParams, ProviderModel } from '@halfrate/emulator/model'
import { describe, expect, test } from 'vitest'
import { batchOf, bodyOf, CALLER, errorOf, items, MINUTE, modelWith, NOW } from './arrange.js'

/** A model with batches of 1, 2, … requests, a minute apart, and their ids by size. */
function shelf(count: number): { model: ProviderModel; idOf: (size: number) => string } {
  const model = modelWith()
  const ids = Array.from({ length: count }, (_, index) => {
    return batchOf(model.create({ now: NOW + index * MINUTE, items: items(index + 1) })).id
  })
  return { model, idOf: (size) => ids[size - 1] ?? '' }
}

/** A page as sizes of batches. */
function page(model: ProviderModel, params: Omit<ListParams, 'now'>): [number[], boolean] {
  const body = bodyOf(model.list({ now: NOW + 60 * MINUTE, ...params }))
  expect(body.first_id).toBe(body.data[0]?.id ?? null)
  expect(body.last_id).toBe(body.data.at(-1)?.id ?? null)
  const sizes = body.data.map((batch) => {
    return Object.values(batch.request_counts).reduce((sum, count) => sum + count)
  })
  return [sizes, body.has_more]
}

describe('the list', () => {
  test('is newest first, 20 to a page', () => {
    const { model } = shelf(25)
    const [sizes, hasMore] = page(model, {})
    expect(sizes).toEqual(Array.from({ length: 20 }, (_, index) => 25 - index))
    expect(hasMore).toBe(true)
  })

  test('goes on after an id, and before one, always newest first', () => {
    const { model, idOf } = shelf(6)
    expect(page(model, { limit: 2, afterId: idOf(5) })).toEqual([[4, 3], true])
    expect(page(model, { limit: 5, afterId: idOf(3) })).toEqual([[2, 1], false])
    expect(page(model, { limit: 2, beforeId: idOf(2) })).toEqual([[4, 3], true])
    expect(page(model, { limit: 9, beforeId: idOf(4) })).toEqual([[6, 5], false])
    expect(page(model, { afterId: idOf(1) })).toEqual([[], false])
  })

  test('goes on after a batch that has been deleted meanwhile', () => {
    const { model, idOf } = shelf(4)
    model.delete({ now: NOW + 50 * MINUTE, id: idOf(3) })
    expect(page(model, { afterId: idOf(3) })).toEqual([[2, 1], false])
  })

  test('refuses limits out of range, two cursors, and cursors that name nothing', () => {
    const { model, idOf } = shelf(2)
    const error = (params: Omit<ListParams, 'now'>): number =>
      errorOf(model.list({ now: NOW, ...params })).status
    expect(error({ limit: 0 })).toBe(400)
    expect(error({ limit: 1_001 })).toBe(400)
    expect(error({ limit: 1.5 })).toBe(400)
    expect(error({ afterId: idOf(1), beforeId: idOf(2) })).toBe(400)
    expect(error({ afterId: 'msgbatch_x' })).toBe(404)
  })

  test('shows the workspace of the key, strangers included, and no other', () => {
    const model = modelWith({ workspaces: { ours: 'wrkspc_a', theirs: 'wrkspc_b' } })
    const ours = { ...CALLER, apiKey: 'ours' }
    const theirs = { ...CALLER, apiKey: 'theirs' }
    const { id } = batchOf(model.create({ now: NOW, caller: ours, items: items(1) }))
    model.addForeignBatch({ now: NOW + 1, count: 5, workspaceId: 'wrkspc_a' })
    expect(bodyOf(model.list({ now: NOW + 2, caller: ours })).data).toHaveLength(2)
    expect(bodyOf(model.list({ now: NOW + 2, caller: theirs })).data).toEqual([])
    const foreign = model.retrieve({ now: NOW + 2, caller: theirs, id })
    expect(errorOf(foreign)).toMatchObject({ status: 404 })
    expect(foreign).toHaveProperty('headers.anthropic-workspace-id', 'wrkspc_b')
  })
})
