import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { halfrate, request, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const plain = (text: string): string => text.replaceAll(/\s+/g, ' ')

/** A job of ten rows that share instructions of so many characters, in a queue that lets one of them go first. */
async function place(
  characters: number,
  flags: readonly string[] = ['--turnaround', '2m-4m'],
  policy: object = {},
) {
  const folder = temporaryFolder()
  const claude = await startTestEmulator(flags)
  const cwd = { cwd: folder }
  const config = { queues: { run: { primerWait: '24h', ...policy } } }
  writeFileSync(join(folder, 'halfrate.config.json'), JSON.stringify(config))
  const control = { type: 'ephemeral', ttl: '1h' }
  const text = 'x'.repeat(characters)
  const system = 'cachePrefix' in policy ? text : [{ type: 'text', text, cache_control: control }]
  const params = { model: 'claude-opus-5', system }
  const rows = Array.from({ length: 10 }, (_, index) => request(`r${index + 1}`, 'Say it.', params))
  const input = writeInput(folder, rows)
  const words = ['run', input, '-o', 'out.jsonl', '--job', 'claims', '--yes', ...claude.flags]
  const run = (...more: readonly string[]) => halfrate([...words, ...more], cwd)
  const ask = (...more: readonly string[]) => halfrate([...more, ...claude.flags.slice(2)], cwd)
  const sizes = async () => (await claude.ledger('posts')).map(({ count }) => count)
  const applied = await ask('apply')
  expect(applied.code, applied.stderr).toBe(0)
  return { run, ask, sizes }
}

test('one row goes first to write the cache, and status and why say so', async () => {
  const { run, ask, sizes } = await place(9_000)
  const ran = await run()
  expect(ran.code, ran.stderr).toBe(0)
  expect(await sizes()).toEqual([1, 9])
  const status = await ask('status')
  expect(plain(status.stdout)).toMatch(
    /1 row went first to write the cache, likely saving \$0\.\d+/,
  )
  const [job] = JSON.parse((await ask('status', '--json')).stdout).jobs
  expect(job.primer).toMatchObject({
    ...{ state: 'written', reason: 'written', why: 'what the rows share was written to the cache' },
    ...{ rows_first: 1, sharing_rows: 10, until: null },
  })
  const first = await ask('why', 'r1')
  expect(plain(first.stdout)).toContain('it goes first of its job, to write what the others share')
  const other = JSON.parse((await ask('why', 'r9', '--json')).stdout)
  expect(other.primer).toMatchObject({ state: 'written', is_first: false, waits: false })
})

test('what rows share is cached without their asking, where the queue says so', async () => {
  const { run, ask, sizes } = await place(9_000, ['--turnaround', '2m-4m'], { cachePrefix: '1h' })
  const ran = await run()
  expect(ran.code, ran.stderr).toBe(0)
  expect(await sizes()).toEqual([1, 9])
  const { caches } = JSON.parse((await ask('costs', '--json')).stdout)
  expect(caches.written_tokens).toBeGreaterThan(0)
  expect(caches.read_tokens).toBeGreaterThan(caches.written_tokens)
  const again = await run()
  expect(again.code, again.stderr).toBe(0)
  expect(await sizes()).toEqual([1, 9])
  const queues = JSON.parse((await ask('queues', '--json')).stdout)
  expect(queues.queues[0].policy.cache_prefix).toBe('1h')
  expect(plain((await ask('queues')).stdout)).toContain('has what rows share cached for an hour')
})

test('a run that does not wait leaves the others behind the first row, and says so', async () => {
  const { run, ask, sizes } = await place(9_000, ['--turnaround', '20h'])
  const left = await run('--detach')
  expect(left.code, left.stderr).toBe(0)
  expect(await sizes()).toEqual([1])
  expect(plain(left.stdout)).toContain('9 rows wait to read what they cache')
  const row = await ask('why', 'r9')
  expect(plain(row.stdout)).toMatch(
    /one row goes first to write what the others share to the cache, and these wait for it, at most until/,
  )
})

test('all go at once where what they share is too short, and status says why', async () => {
  const { run, ask, sizes } = await place(100)
  const ran = await run()
  expect(ran.code, ran.stderr).toBe(0)
  expect(await sizes()).toEqual([10])
  expect(plain((await ask('status')).stdout)).toContain(
    'no row wrote the cache for the others: what they share is shorter than what the model caches',
  )
})
