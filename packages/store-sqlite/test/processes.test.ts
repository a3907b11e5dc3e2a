import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { SeededRandom, violationsOf } from '@halfrate/conformance'
import type { ProjectId, Store, SubmissionId } from '@halfrate/core'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'
import { temporaryPath } from './temporary-path.js'

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))
const PAGE = 100
const KILLS = 20
const KILLS_WHILE_MAKING = 8
const project = 'acme' as ProjectId

interface Running {
  readonly process: ChildProcess
  readonly lines: string[]
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
}

function start(path: string, mode: string, name: string, number = 0): Running {
  const child = spawn(process.execPath, [CHILD, path, mode, name, `${number}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  let rest = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
  })
  const ended = once(child, 'close').then(
    ([code, signal]) => (code ?? signal) as number | NodeJS.Signals,
  )
  return { process: child, lines, ended }
}

async function untilLines(running: Running, count: number): Promise<void> {
  while (running.lines.length < count && running.process.exitCode === null) {
    await Promise.race([once(running.process.stdout ?? running.process, 'data'), running.ended])
  }
}

// Requests of every page that is there, by the page's name.
async function pagesOf(store: Store): Promise<Map<string, number>> {
  const pages = new Map<string, number>()
  for (let afterId = 0; ; ) {
    const page = await store.listRequests({
      scope: { project },
      states: null,
      afterId,
      limit: 2_000,
    })
    if (page.length === 0) return pages
    for (const { key } of page) {
      const name = key.split('/')[0] ?? ''
      pages.set(name, (pages.get(name) ?? 0) + 1)
    }
    afterId = page.at(-1)?.id ?? afterId
  }
}

async function expectAnsweredIsThere(store: Store, lines: readonly string[]): Promise<void> {
  const pages = await pagesOf(store)
  for (const [what, name = '', count] of lines.map((line) => line.split(' '))) {
    if (what === 'put') expect(pages.get(name), name).toBe(PAGE)
    const submissionId = Number(name) as SubmissionId
    if (what === 'settled') {
      const { outcomes } = await store.countAttempts({ submissionId })
      expect(outcomes.succeeded).toBeGreaterThanOrEqual(Number(count))
    }
    if (what === 'closed') {
      expect((await store.getSubmission({ submissionId }))?.state).toBe('collected')
    }
  }
  expect([...pages.values()].filter((count) => count !== PAGE)).toEqual([])
}

test('a process that is killed at any instant leaves what it answered, in whole pages', async () => {
  const path = temporaryPath()
  const random = new SeededRandom(2_026)
  const answered: string[] = []
  for (let kill = 0; kill < KILLS; kill += 1) {
    const running = start(path, 'both', `run${kill}`)
    // Somewhere in the calls after so many that answered.
    await untilLines(running, 1 + Math.floor(random.next() * 8))
    running.process.kill('SIGKILL')
    expect(await running.ended).toBe('SIGKILL')
    answered.push(...running.lines)
  }
  const store = await openSqliteStore({ path })
  expect(answered.filter((line) => line.startsWith('settled')).length).toBeGreaterThan(KILLS / 4)
  await expectAnsweredIsThere(store, answered)
  expect(await violationsOf(store)).toEqual([])
  await store.shutdown()
}, 300_000)

test('a process that is killed while it makes the store leaves what the next one takes over', async () => {
  const whole = start(temporaryPath(), 'make', 'whole')
  expect(await whole.ended).toBe(0)
  const statements = Number(/^open (\d+)$/.exec(whole.lines[0] ?? '')?.[1])
  expect(statements).toBeGreaterThan(KILLS_WHILE_MAKING)
  for (let kill = 0; kill < KILLS_WHILE_MAKING; kill += 1) {
    const path = temporaryPath(`halfrate-${kill}.db`)
    // From before the first statement to before the last.
    const before = 1 + Math.round(((statements - 1) * kill) / (KILLS_WHILE_MAKING - 1))
    const killed = start(path, 'make', 'killed', before)
    expect([await killed.ended, killed.lines]).toEqual(['SIGKILL', []])
    const store = await openSqliteStore({ path })
    expect(await violationsOf(store)).toEqual([])
    await store.shutdown()
  }
})

test('several processes enqueue while one works, and nothing is lost or done twice', async () => {
  const path = temporaryPath()
  await (await openSqliteStore({ path })).shutdown()
  const pages = 15
  const worker = start(path, 'work', 'worker', 2 * pages)
  const enqueuers = [start(path, 'enqueue', 'a', pages), start(path, 'enqueue', 'b', pages)]
  const codes = await Promise.all([worker, ...enqueuers].map((running) => running.ended))
  expect(codes).toEqual([0, 0, 0])
  const store = await openSqliteStore({ path })
  await expectAnsweredIsThere(
    store,
    [worker, ...enqueuers].flatMap((running) => running.lines),
  )
  const { counts, money } = await store.report({ scope: { project } })
  expect(counts.byStatus.succeeded).toBe(2 * pages * PAGE)
  expect(money).toMatchObject({ paidNano: 3 * 2 * pages * PAGE, wasteNano: 0 })
  expect(await violationsOf(store)).toEqual([])
  await store.shutdown()
})
