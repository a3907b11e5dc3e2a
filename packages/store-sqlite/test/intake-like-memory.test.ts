import { anIntakeRow, ManualClock, SeededRandom, violationsOf } from '@halfrate/conformance'
import {
  type AccountId,
  type EpochMs,
  type IntakeRow,
  laneKey,
  type ProjectId,
  type QueueName,
  type Store,
} from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import { expect, test } from 'vitest'
import { openSqliteStore } from '../src/index.js'

const place = {
  project: 'acme' as ProjectId,
  account: 'main' as AccountId,
  queue: 'nightly' as QueueName,
}
const PREFIX = '"system":"Sort the claim."'

const ODD: readonly object[] = [
  { labels: { team: 'claims' } },
  { deadlineAt: 99_000 as EpochMs },
  { model: 'claude-sonnet-4-5' },
  { prefixText: '"system":"Be brief."' },
  { prefixText: undefined },
  { lane: laneKey({ betas: ['files-api-2025-04-14'] }) },
  { key: 'k3' },
  { key: '\ud800' },
]
const PAGES = 10
const MOST_ROWS = 90

// Long runs that are alike, as a file has them, with something else in between now and then.
function drawOptions(random: SeededRandom): readonly object[] {
  const count = 1 + Math.floor(random.next() * MOST_ROWS)
  return Array.from({ length: count }, () =>
    random.next() < 0.03 ? (ODD[Math.floor(random.next() * ODD.length)] as object) : {},
  )
}

function rowsOf(options: readonly object[]): readonly IntakeRow[] {
  const shared = anIntakeRow({ key: 'shared', prefixText: PREFIX }).prefix
  let line = 0
  return options.map((each, index) => {
    // An empty line is no row, and still counts.
    line += index % 23 === 22 ? 2 : 1
    const row = anIntakeRow({ key: `k${index}`, prefixText: PREFIX, row: line, ...each })
    return 'prefixText' in each ? row : { ...row, prefix: shared }
  })
}

async function stored(store: Store, rows: readonly IntakeRow[], inJob: boolean) {
  const job = inJob ? await store.openJob({ ...place, name: 'claims' }) : null
  const put = (page: readonly IntakeRow[]) =>
    store.putRequests({
      ...place,
      job: job === null ? null : { id: job.id, part: job.openPart, fill: job.fill },
      onConflict: 'keep',
      rows: inJob ? page : page.map((row) => ({ ...row, row: null })),
    })
  // A few are there already, so the ids of the new ones are no run.
  const some = await put(rows.filter((_, index) => index === 5 || index === 12))
  const answers = [...some, ...(await put(rows))]
  // Each store gives out ids of its own.
  const numbers = new Map([...new Set(answers.map(({ id }) => id))].map((id, at) => [id, at]))
  const lives = []
  for (const [id, number] of numbers) {
    const life = await store.getRequest({ project: place.project, id })
    const jobId = job?.id ?? null
    expect(life?.request.jobId).toBe(jobId)
    lives.push({ ...life?.request, id: number, bodyId: number, jobId: null })
  }
  return { answers: answers.map((each) => ({ ...each, id: numbers.get(each.id) })), lives }
}

test('what is stored and answered is what the memory store stores and answers, whatever rows a page mixes', async () => {
  const random = new SeededRandom(7)
  for (let page = 0; page < PAGES; page += 1) {
    const rows = rowsOf(drawOptions(random))
    const { now } = new ManualClock()
    const memory = new MemoryStore({ now })
    const sqlite = await openSqliteStore({ path: ':memory:', now })
    const inJob = page % 2 === 0
    expect(await stored(sqlite, rows, inJob)).toEqual(await stored(memory, rows, inJob))
    expect(await violationsOf(sqlite)).toEqual([])
    await sqlite.shutdown()
  }
}, 60_000)
