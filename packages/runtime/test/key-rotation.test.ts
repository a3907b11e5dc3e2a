import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineEvent } from '@halfrate/core'
import { type Emulator, startEmulator } from '@halfrate/emulator'
import { expect, onTestFinished, test } from 'vitest'
import type { Halfrate, HalfrateOptions } from '../src/halfrate.js'
import { openHalfrate } from '../src/open-halfrate.js'

const JOB = 'claims'
const ROWS = ['a', 'b', 'c'].map((key) => ({
  key,
  params: {
    model: 'claude-haiku-4-5',
    max_tokens: 300,
    messages: [{ role: 'user', content: key }],
  },
}))
// Ten minutes each: two days.
const MOST_LOOKS = 6 * 48

interface Scene {
  readonly claude: Emulator
  readonly store: string
  readonly events: EngineEvent[]
  /** Is told of every event besides. */
  onEvent: (event: EngineEvent) => void
  /** Halfrate on the store, as a process with this key opens it. */
  open(apiKey: HalfrateOptions['apiKey']): Promise<Halfrate>
  /** From now on the provider refuses that key. */
  revoke(key: string): void
}

// A workspace with two keys, a store that outlives processes, and a batch that takes an hour.
async function aScene(): Promise<Scene> {
  const claude = await startEmulator({
    workspaces: { 'key-old': 'wrkspc_ours', 'key-new': 'wrkspc_ours' },
    turnaroundMs: [3_600_000, 3_600_000],
  })
  onTestFinished(() => claude.stop())
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-rotation-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const store = join(folder, 'claims.db')
  const events: EngineEvent[] = []
  const { baseUrl, clock } = claude.connection
  const observer = {
    onEvent: (event: EngineEvent): void => {
      events.push(event)
      scene.onEvent(event)
    },
  }
  const scene: Scene = {
    ...{ claude, store, events, onEvent: () => undefined },
    open: (apiKey) => openHalfrate({ store, baseUrl, clock, apiKey, observer }),
    // The model looks a key up at every call.
    revoke: (key) => void (claude.model.settings.workspaces as Map<string, string>).delete(key),
  }
  return scene
}

async function passUntil({ claude }: Scene, isSo: () => boolean): Promise<void> {
  for (let look = 0; look < MOST_LOOKS && !isSo(); look += 1) {
    await claude.clock.advance('10m')
  }
  expect(isSo()).toBe(true)
}

// The old key is refused from the moment at which it is in doubt what became of the send.
function losesAnswerAndKey(scene: Scene): void {
  scene.claude.fault('create', { loseResponse: true, times: 1 })
  scene.onEvent = (event) => {
    if (event.type === 'submission_changed' && event.state === 'ambiguous') scene.revoke('key-old')
  }
}

async function inDoubt({ store }: Halfrate): Promise<number> {
  const states = ['ambiguous'] as const
  const page = { account: null, afterId: 0, limit: 10 }
  return (await store.listSubmissions({ ...page, states })).length
}

async function expectAllPaidOnce(half: Halfrate, scene: Scene): Promise<void> {
  const { claude, events } = scene
  const isHome = (): boolean =>
    events.some((event) => event.type === 'submission_changed' && event.state === 'collected')
  await passUntil(scene, isHome)
  const job = await half.job(JOB)
  const answered: string[] = []
  for await (const { key, status } of job.results()) if (status === 'succeeded') answered.push(key)
  expect(answered.toSorted()).toEqual(['a', 'b', 'c'])
  expect(claude.ledger.posts()).toHaveLength(1)
  expect(claude.ledger.billed()).toHaveLength(3)
  expect(events.filter(({ type }) => type === 'alarm')).toEqual([])
}

test('a batch that is out is collected with another key of its workspace, after its own was revoked', async () => {
  const scene = await aScene()
  {
    await using old = await scene.open('key-old')
    await old.run(JOB, ROWS)
    await passUntil(scene, () => scene.claude.ledger.posts().length === 1)
  }
  scene.revoke('key-old')
  await using half = await scene.open('key-new')
  await half.checkAccess()
  await half.run(JOB, ROWS)
  await expectAllPaidOnce(half, scene)
})

test('a batch whose answer was lost is found with another key of its workspace, and not sent again', async () => {
  const scene = await aScene()
  losesAnswerAndKey(scene)
  {
    await using old = await scene.open('key-old')
    await old.run(JOB, ROWS)
    await passUntil(scene, () => scene.claude.ledger.posts().length === 1)
  }
  await using half = await scene.open('key-new')
  expect(await inDoubt(half)).toBe(1)
  await half.run(JOB, ROWS)
  await expectAllPaidOnce(half, scene)
})

test('a worker whose key is revoked while an answer is lost waits, and goes on with the key it is given', async () => {
  const scene = await aScene()
  losesAnswerAndKey(scene)
  let key = 'key-old'
  await using half = await scene.open(() => key)
  await half.run(JOB, ROWS)
  for (let look = 0; look < 12; look += 1) await scene.claude.clock.advance('10m')
  expect(await inDoubt(half)).toBe(1)
  key = 'key-new'
  await expectAllPaidOnce(half, scene)
})

test('a key that can not be given fails the call without a byte, and the next one goes through', async () => {
  const scene = await aScene()
  let give = (): string => {
    throw new TypeError('the vault is shut')
  }
  await using half = await scene.open(() => give())
  await half.run(JOB, ROWS)
  give = () => 'two\nlines'
  await scene.claude.clock.advance('10m')
  expect(scene.claude.ledger.posts()).toHaveLength(0)
  give = () => 'key-new'
  await expectAllPaidOnce(half, scene)
})
