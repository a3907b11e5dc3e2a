import { describe, expect, test } from 'vitest'
import { scriptedError } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, World } from './arrange.js'

const KEYS = ['claim-8812', 'claims/2026/letter 8812.md']

/** What the ids of the newest batch end in. */
function tails(world: World): readonly string[] {
  const lines = world.shelf[0]?.lines ?? []
  return lines.map((line) => (JSON.parse(line) as { custom_id: string }).custom_id.slice(42))
}

const TAILS = ['-claim-8812', expect.stringMatching(/^_[0-9a-f]{8}etter_8812_md$/)]

describe('ids that end in keys', () => {
  test('are sent in a body of the length that was told, and their results come home', async () => {
    const world = new World()
    await world.policy({ keyTails: true })
    await world.enqueue(...KEYS)
    await world.work(MINUTE_MS)
    expect(tails(world)).toEqual(TAILS)
    const [call] = world.transport.callsOf('createBatch')
    expect(call?.params.contentLength).toBe(call?.body?.length)
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 2 })
  })

  test('prove whose a batch is, after its answer was lost and after a backup was put back', async () => {
    const world = new World()
    await world.policy({ keyTails: true })
    // A store has its key once somebody has worked on it.
    await world.work(MINUTE_MS)
    await world.enqueue(...KEYS)
    const backup = world.store.snapshot()
    world.transport.script('createBatch', (_, body) => {
      world.accept(body)
      return { type: 'ambiguous', error: scriptedError('the connection was reset') }
    })
    await world.work(MINUTE_MS)
    expect((await world.only()).state).toBe('ambiguous')
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 2 })
    world.restore(backup)
    world.start()
    await world.engine?.recover()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 2 })
    expect(world.sent).toBe(1)
  })

  test('stay as they were taken in when a request is sent again under another policy', async () => {
    const world = new World()
    await world.policy({ keyTails: true })
    await world.enqueue(...KEYS)
    await world.policy({ keyTails: false })
    await world.work(MINUTE_MS)
    world.end({ expired: 2 })
    expireAll(world)
    await world.work(HOUR_MS, MINUTE_MS)
    expect(world.sent).toBe(2)
    expect(tails(world)).toEqual(TAILS)
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 2 })
  })
})

function expireAll(world: World): void {
  for (const each of world.shelf) {
    each.lines = each.lines.map((line) => {
      const { custom_id } = JSON.parse(line) as { readonly custom_id: string }
      return JSON.stringify({ custom_id, result: { type: 'expired' } })
    })
  }
}
