import { expect, test } from 'vitest'
import { halfrate, request, startTestEmulator, writeInput } from '../support/cli.js'
import { postBatch } from '../support/post-batch.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const MESSAGE = { model: 'claude-haiku-4-5', max_tokens: 50 }

async function sayInRealTime(url: string): Promise<void> {
  const headers = {
    ...{ 'content-type': 'application/json', 'x-api-key': 'test-key' },
    'anthropic-version': '2023-06-01',
  }
  const body = JSON.stringify({ ...MESSAGE, messages: [{ role: 'user', content: 'now' }] })
  expect((await fetch(`${url}/v1/messages`, { method: 'POST', headers, body })).status).toBe(200)
}

// Work of ours with an answer that was lost and found, an answer in real time, and two days later.
async function someWork(): Promise<{
  readonly compare: (...args: readonly string[]) => ReturnType<typeof halfrate>
  readonly claude: Awaited<ReturnType<typeof startTestEmulator>>
  readonly later: (span: string) => Promise<void>
}> {
  const cwd = temporaryFolder()
  const claude = await startTestEmulator()
  await claude.fault([{ op: 'create', loseResponse: true, times: 1 }])
  const rows = ['a', 'b', 'c'].map((key) => request(key))
  const run = ['run', writeInput(cwd, rows), '-o', 'out.jsonl', ...claude.flags]
  const { code, stderr } = await halfrate(run, { cwd })
  expect(code, stderr).toBe(0)
  await sayInRealTime(claude.url)
  let flags = claude.flags
  const later = async (span: string): Promise<void> => {
    flags = await claude.advance(span)
  }
  const env = { ANTHROPIC_ADMIN_KEY: 'sk-ant-admin01-emulated' }
  const compare = (...args: readonly string[]): ReturnType<typeof halfrate> =>
    halfrate(['costs', '--reconcile', '--since', '20d', ...args, ...flags], { cwd, env })
  return { compare, claude, later }
}

test('our costs are those that the provider reports, with an answer that was lost and found', async () => {
  const { compare, later } = await someWork()
  await later('3d')
  const { code, stdout, stderr } = await compare('--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const found = JSON.parse(stdout)
  expect(found).toMatchObject({ type: 'reconcile', unexplained: 0, note: null, exit_code: 0 })
  expect(found.lines).toHaveLength(1)
  const [line] = found.lines
  expect(line).toMatchObject({ difference_usd: '0.00', causes: [], workspace_id: null })
  expect([line.ours, line.ours_usd]).toEqual([line.theirs, line.theirs_usd])
  expect(Number(found.realtime[0].cost_usd)).toBeGreaterThan(0)
  const table = await compare()
  expect(table.stdout).toMatch(/real time, not ours: \$0\.\d+\n nothing is left unexplained\n$/)
})

test('what others made is told from what nothing explains', async () => {
  const { compare, claude, later } = await someWork()
  await postBatch(claude, { x: 'of another program', y: 'likewise' })
  const early = JSON.parse((await compare('--json')).stdout)
  expect(early.unexplained).toBe(0)
  await later('3d')
  const { code, stdout } = await compare('--json')
  const causes = JSON.parse(stdout).lines.flatMap((line: { causes: string[] }) => line.causes)
  expect({ code, causes }).toEqual({ code: 0, causes: ['elsewhere'] })
  await claude.fault([{ op: 'results', error: 'overloaded', times: 1 }])
  const unread = await compare()
  expect(unread.code).toBe(2)
  expect(unread.stdout).toContain('1 batch made elsewhere could not be read wholly')
  expect(unread.stdout).toContain('1 line left unexplained')
  await claude.fault([{ op: 'list', error: 'overloaded', times: 9 }])
  const unlisted = await compare()
  expect(unlisted.code).toBe(2)
  expect(unlisted.stdout).toContain('UNEXPLAINED')
  expect(unlisted.stdout).toContain('batches made elsewhere could not be listed')
  expect(unlisted.stdout).toContain('1 line left unexplained')
})
