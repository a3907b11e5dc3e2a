import { expect, test } from 'vitest'
import { halfrate, request, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

async function someWork(): Promise<{
  readonly look: (...args: readonly string[]) => ReturnType<typeof halfrate>
}> {
  const cwd = temporaryFolder()
  const claude = await startTestEmulator()
  const rows = ['a', 'b', 'c'].map((key, index) => ({
    ...request(key),
    labels: { feature: index === 0 ? 'chat' : 'search' },
  }))
  const run = ['run', writeInput(cwd, rows), '-o', 'out.jsonl', ...claude.flags]
  const { code, stderr } = await halfrate(run, { cwd })
  expect(code, stderr).toBe(0)
  const look = (...args: readonly string[]): ReturnType<typeof halfrate> =>
    halfrate(['costs', ...args, ...claude.flags.slice(2)], { cwd })
  return { look }
}

test('costs are told by model, label, job and day, and every table has the same total', async () => {
  const { look } = await someWork()
  const byModel = await look()
  expect(byModel.stderr).toBe('')
  expect(byModel.stdout).toMatch(/^ model +requests +attempts +input +output +paid +real time/)
  const total = byModel.stdout.split('\n').find((line) => line.startsWith(' total'))
  expect(total).toMatch(/^ total +3 +3 .* 50 %$/)
  for (const by of ['label:feature', 'job', 'day', 'batch,queue']) {
    const { stdout, code } = await look('--by', by)
    expect(code).toBe(0)
    const line = stdout.split('\n').find((each) => each.startsWith(' total'))
    expect(line?.replace(/\s+/g, ' ')).toBe(total?.replace(/\s+/g, ' '))
  }
  const { stdout } = await look('--by', 'label:feature', '--json')
  const { rows, ...rest } = JSON.parse(stdout)
  expect(rest).toMatchObject({
    type: 'costs',
    by: ['label:feature'],
    time_zone: 'UTC',
    other: null,
  })
  expect(rest.total).toMatchObject({ requests: 3, unpriced: 0, saved_percent: 50 })
  const features = rows.map((row: { group: object; requests: number }) => [row.group, row.requests])
  expect(features).toContainEqual([{ 'label:feature': 'search' }, 2])
})

test('costs are of a time, a queue and a job, and go to a spreadsheet', async () => {
  const { look } = await someWork()
  const csv = await look('--by', 'job,label:feature', '--format', 'csv')
  const [head, ...lines] = csv.stdout.trimEnd().split('\r\n')
  expect(head).toMatch(/^job,label:feature,requests,attempts,succeeded,input_tokens,/)
  expect(lines).toHaveLength(2)
  const none = JSON.parse((await look('--until', '2001-01-01', '--json')).stdout)
  expect(none).toMatchObject({ rows: [], total: { attempts: 0, paid_usd: '0.00' } })
  const ofQueue = JSON.parse(
    (await look('--queue', 'run', '--since', '2025-01-01', '--json')).stdout,
  )
  expect(ofQueue.total.requests).toBe(3)
  const month = JSON.parse((await look('--month', '2026-02', '--json')).stdout)
  expect(month).toMatchObject({
    since: '2026-02-01T00:00:00.000Z',
    until: '2026-03-01T00:00:00.000Z',
  })
})
