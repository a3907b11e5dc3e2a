import { type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import { parseFastClock } from '@halfrate/runtime'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NewRequest, openHalfrate } from '../../src/index.js'
import {
  halfrate,
  requests,
  startHalfrate,
  startTestEmulator,
  type TestEmulator,
  writeInput,
} from '../support/cli.js'
import { type HoldingProxy, startHoldingProxy } from '../support/holding-proxy.js'
import { temporaryFolder } from '../support/temporary-folder.js'

let server: RunningPostgres

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server.stop())

/** Leases that somebody still has, in a store on PostgreSQL. */
async function heldLeases(schema: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    const { rows } = await client.query<{ resource: string }>(
      `SELECT resource FROM ${schema}.leases WHERE worker_id IS NOT NULL`,
    )
    return rows.map(({ resource }) => resource)
  } finally {
    await client.end()
  }
}

interface Scene {
  readonly folder: string
  readonly schema: string
  readonly claude: TestEmulator
  readonly proxy: HoldingProxy
  /** A run that is taken in, over the proxy. */
  readonly run: readonly string[]
  readonly store: readonly string[]
}

let scenes = 0

async function aScene(): Promise<Scene> {
  scenes += 1
  const folder = temporaryFolder()
  const schema = `stop_${scenes}`
  const claude = await startTestEmulator()
  const proxy = await startHoldingProxy(claude.flags)
  const store = ['--store', `${server.url}?schema=${schema}`]
  const run = ['run', writeInput(folder, requests(5)), '-o', 'out.jsonl', ...store]
  return { folder, schema, claude, proxy, store, run }
}

/** A scene in which the rows are in the store, due at once, and nobody works or has tried to. */
async function aSceneToWorkOn(): Promise<Scene> {
  const scene = await aScene()
  const { schema, claude } = scene
  const clock = parseFastClock(JSON.stringify(claude.startLine.clock))
  await using half = await openHalfrate({
    ...{ store: `${server.url}?schema=${schema}`, baseUrl: claude.url, clock },
  })
  half.queue('run', { flush: { count: 5, bytes: 200_000_000, ageMs: 0 } })
  await half.run('requests', requests(5) as readonly NewRequest[], { start: false })
  return scene
}

describe('a command that is told to stop', () => {
  test('lets a send end that is under way, and says that the run is not over', async () => {
    const { folder: cwd, schema, claude, proxy, run } = await aScene()
    const running = startHalfrate([...run, ...proxy.flags], { cwd })
    await proxy.sendUnderWay
    running.child.kill('SIGTERM')
    await running.said(/stopping: what is under way may end, within 60 s; once more stops at once/)
    proxy.letGo()
    const { code, stderr } = await running.ended
    expect(code, stderr).toBe(130)
    expect(stderr).toContain('interrupted with 5 rows to come')
    expect(await heldLeases(schema)).toEqual([])
    const again = await halfrate([...run, ...claude.flags], { cwd })
    expect(again.code, again.stderr).toBe(0)
    expect(again.stderr).not.toContain('was lost')
    expect(await claude.ledger('posts')).toHaveLength(1)
  })

  test('ends a worker with 0, and a round of --once too', async () => {
    for (const once of [[], ['--once']]) {
      const { folder: cwd, schema, claude, proxy, store } = await aSceneToWorkOn()
      const worker = startHalfrate(['work', ...once, ...store, ...proxy.flags], { cwd })
      await proxy.sendUnderWay
      worker.child.kill('SIGTERM')
      await worker.said(/stopping: /)
      proxy.letGo()
      const { code, stderr } = await worker.ended
      expect(code, stderr).toBe(0)
      expect(stderr).toMatch(/stopped; halfrate work --store \S+ goes on with what is left/)
      expect(stderr).not.toContain('was lost')
      expect(await heldLeases(schema)).toEqual([])
      expect(await claude.ledger('posts')).toHaveLength(1)
    }
  })

  test('cuts a send off when its grace is over; its answer counts as lost, and its lease is free', async () => {
    const { folder: cwd, schema, claude, proxy, store, run } = await aSceneToWorkOn()
    const worker = startHalfrate(['work', '--grace', '300ms', ...store, ...proxy.flags], { cwd })
    await proxy.sendUnderWay
    worker.child.kill('SIGTERM')
    const { code, stderr } = await worker.ended
    expect(code, stderr).toBe(130)
    expect(stderr).toContain('0.3 s are over: what is under way is cut off')
    expect(stderr).toContain('answer to our send was lost; looking for it')
    expect(await heldLeases(schema)).toEqual([])
    const again = await halfrate([...run, ...claude.flags], { cwd })
    expect(again.code, again.stderr).toBe(0)
    expect(await claude.ledger('posts')).toHaveLength(1)
  })

  test('stops at once when it is told so twice, and still gives back its leases', async () => {
    const { folder: cwd, schema, claude, proxy, run } = await aScene()
    const running = startHalfrate([...run, ...proxy.flags], { cwd })
    await proxy.sendUnderWay
    running.child.kill('SIGINT')
    await running.said(/stopping: /)
    running.child.kill('SIGINT')
    const { code, stderr } = await running.ended
    expect(code, stderr).toBe(130)
    expect(stderr).toContain('stopping at once')
    expect(await heldLeases(schema)).toEqual([])
    const again = await halfrate([...run, ...claude.flags], { cwd })
    expect(again.code, again.stderr).toBe(0)
    expect(await claude.ledger('posts')).toHaveLength(1)
  })

  test('leaves the place of the one worker of a file to the next', async () => {
    const cwd = temporaryFolder()
    const claude = await startTestEmulator(['--turnaround', '20h'])
    const input = writeInput(cwd, requests(2))
    const running = startHalfrate(['run', input, '-o', 'out.jsonl', ...claude.flags], { cwd })
    await running.said(/rows: at Claude/)
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(130)
    const clock = parseFastClock(JSON.stringify(claude.startLine.clock))
    await using half = await openHalfrate({ store: `${cwd}/halfrate.db`, clock })
    expect(await half.holder()).toBe(null)
  })

  test('refuses a grace that is no time', async () => {
    const { code, stderr } = await halfrate(['work', '--grace', 'soon'], { cwd: temporaryFolder() })
    expect(code).toBe(1)
    expect(stderr).toContain('--grace: expected a time of at most an hour such as 30s')
  })
})

test('a store that is away keeps no run from stopping, which says that it can be resumed', async () => {
  const own = await startPostgres()
  try {
    const cwd = temporaryFolder()
    const claude = await startTestEmulator(['--turnaround', '20h'])
    const input = writeInput(cwd, requests(2))
    const args = ['run', input, '-o', 'out.jsonl', '--store', own.url, ...claude.flags]
    const run = startHalfrate(args, { cwd })
    await run.said(/rows: at Claude/)
    await own.crash('immediate')
    await run.said(/waiting for the store/)
    run.child.kill('SIGTERM')
    await run.said(/stopping: /)
    run.child.kill('SIGTERM')
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(130)
    expect(stderr).toMatch(/interrupted; the batches at Claude go on|stopping at once/)
  } finally {
    await own.stop()
  }
})
