import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Ended, halfrate, requests, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const OURS = {
  input: 0.8,
  output: 4,
  cache_write_5m: 1,
  cache_write_1h: 1.6,
  cache_read: 0.08,
  source: 'our contract of 2026-11-01',
}
const DAY = ['--at', '2026-11-22']

function folderWith(file: object | string, config: object | null = null): string {
  const folder = temporaryFolder()
  const text = typeof file === 'string' ? file : JSON.stringify(file, null, 2)
  writeFileSync(join(folder, 'prices.json'), text)
  if (config !== null) writeFileSync(join(folder, 'halfrate.config.json'), JSON.stringify(config))
  return folder
}

function objectOf({ stdout }: Ended): Record<string, unknown> {
  return JSON.parse(stdout) as Record<string, unknown>
}

describe('halfrate prices', () => {
  test('shows what models cost on a day, where that was read, what ends and what is not known', async () => {
    const { stdout, code } = await halfrate(['prices', ...DAY], { cwd: temporaryFolder() })

    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^prices of 2026-11-22 in USD per million tokens, as read on 2026-11-21\n/,
    )
    expect(stdout).toMatch(
      /claude-opus-5 {2,}5\.00 {2,}25\.00 {2,}2\.50 {2,}12\.50 {2,}0\.50\n {5}\S/,
    )
    expect(stdout).toMatch(
      /claude-haiku-5-5 .*\n over 100,000 tokens {2,}0\.50 {2,}2\.50 {2,}0\.25/,
    )
    expect(stdout).toContain('retires on 2026-11-30, in 8 days: requests fail from then on')
    expect(stdout).toMatch(/claude-mythos-5-2 {2,}\? {2,}\?.*\n {5}a price that is not known/)
    expect(stdout).toContain('also claude-haiku-4-5; platform.claude.com')
    expect(stdout).toMatch(/web_search_requests {2}0\.01 each, in batch too\n {5}pricing page/)
    expect(stdout).toMatch(/web_fetch_requests {2}free\n/)
    expect(stdout).toContain('6 retired models left out; --all shows them')
    expect(stdout).not.toContain('claude-opus-4-1')
  })

  test('takes a model for retired from the day on which it is, and shows it when asked', async () => {
    const on = async (day: string, ...more: readonly string[]): Promise<string> =>
      (await halfrate(['prices', '--at', day, ...more], { cwd: temporaryFolder() })).stdout

    expect(await on('2026-11-29')).toContain('claude-sonnet-4-5-20250929')
    expect(await on('2026-11-30')).not.toContain('claude-sonnet-4-5-20250929')
    expect(await on('2026-11-30', '--all')).toContain('retired on 2026-11-30: requests fail')
  })

  test('gives all of it to programs, at the prices of the day', async () => {
    const read = async (day: string): Promise<unknown> => {
      const ended = await halfrate(['prices', '--json', '--at', day], { cwd: temporaryFolder() })
      const { models } = objectOf(ended) as { models: readonly { readonly model: string }[] }
      return models.find(({ model }) => model === 'claude-sonnet-5-5')
    }

    expect(await read('2026-11-22')).toMatchObject({
      realtime: { input: '2.00', cache_read: '0.10' },
      batch: { input: '1.00', cache_read: '0.05', cache_write_5m: '1.25' },
      long_prompt: null,
      changes: [{ from: '2026-09-28' }, { from: '2026-10-07' }],
      state: 'active',
      from: 'built-in',
    })
    expect(await read('2026-10-06')).toMatchObject({ realtime: { cache_read: '0.20' } })
  })

  test('of tools are those of the file, each by its name, and its changes are told', async () => {
    const history = [
      { from: '2026-01-01', usd: 0.02, batch_usd: 0.01 },
      { from: '2027-01-01', usd: 0.03 },
    ]
    const file = {
      _tools: {
        web_search_requests: { usd: 0.03, history, source: 'our contract' },
        memory_requests: { usd: null, source: 'nobody told' },
      },
    }
    const folder = folderWith(file, { prices: 'prices.json' })
    const { stdout } = await halfrate(['prices', ...DAY], { cwd: folder })
    const object = objectOf(await halfrate(['prices', ...DAY, '--json'], { cwd: folder }))
    const diff = ['prices', 'diff', 'prices.json', ...DAY]
    const told = (await halfrate(diff, { cwd: folder })).stdout
    const check = await halfrate(['prices', 'check', 'prices.json'], { cwd: folder })

    expect(stdout).toMatch(
      /web_search_requests {2}0\.02 each, in batch 0\.01\n {5}costs something else from 2027-01-01 on\n {5}prices\.json: our contract/,
    )
    expect(stdout).toMatch(/memory_requests {2}\? each.*\n {5}a fee that is not known/)
    expect(object).toMatchObject({ web_search_usd: '0.01' })
    expect(object.tools).toContainEqual({
      ...{ tool: 'web_search_requests', usd: '0.02', batch_usd: '0.01', from: 'file' },
      ...{ changes: expect.any(Array), source: 'our contract' },
    })
    expect(object.tools).toContainEqual(
      expect.objectContaining({ tool: 'web_fetch_requests', usd: '0.00', from: 'built-in' }),
    )
    expect(told).toMatch(/ memory_requests {2,}new {2,}each unknown/)
    expect(told).toMatch(
      / web_search_requests {2,}each 0\.01 → 0\.02 {2,}other fees on other days\n2 names would cost/,
    )
    const { tools } = objectOf(await halfrate([...diff, '--json'], { cwd: folder }))
    expect(tools).toContainEqual({
      tool: 'web_search_requests',
      before: { usd: '0.01', batch_usd: '0.01' },
      after: { usd: '0.02', batch_usd: '0.01' },
    })
    expect(check.stdout).toBe('prices.json: 0 models, 2 tools; it can be used\n')
  })

  test('of a folder are those of the file that its config file names, and what runs there is booked by them', async () => {
    const folder = folderWith(
      { 'claude-haiku-4-5-20251001': { ...OURS, alias: 'claude-haiku-4-5' } },
      { prices: 'prices.json' },
    )
    const claude = await startTestEmulator()
    const shown = (await halfrate(['prices', ...DAY], { cwd: folder })).stdout
    const input = writeInput(folder, requests(3))
    const run = ['run', input, '-o', 'out.jsonl', '--yes', '--json', ...claude.flags]
    const { stdout: report } = await halfrate(run, { cwd: folder })

    expect(shown).toContain('; rows of prices.json come first\n')
    expect(shown).toContain('also claude-haiku-4-5; prices.json: our contract of 2026-11-01')
    const ledger = await (await fetch(`${claude.url}/_emulator/ledger?rows=1`)).text()
    const used = ledger
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { usage: Record<string, number> }).usage)
    const micros = used.reduce(
      (sum, { input_tokens = 0, output_tokens = 0 }) =>
        sum + input_tokens * 0.4 + output_tokens * 2,
      0,
    )
    expect(used).toHaveLength(3)
    const paid = Number(/"paid_usd":"([\d.]+)"/.exec(report)?.[1])
    expect(Math.round(paid * 1e9)).toBe(Math.round(micros * 1e3))
  })

  test('of a file that is broken keep a run from sending, and the doctor says why', async () => {
    const folder = folderWith('{\n"m": {"input": 1,\n}}', { prices: 'prices.json' })
    const claude = await startTestEmulator()
    const input = writeInput(folder, requests(1))
    const run = await halfrate(['run', input, '-o', 'out.jsonl', '--yes', ...claude.flags], {
      cwd: folder,
    })
    const doctor = await halfrate(['doctor', ...claude.flags], { cwd: folder })

    expect(run.code).toBe(1)
    expect(run.stderr).toMatch(/^prices\.json:3: m: expected a member name in quotes, got "}"\.\n/)
    expect(await claude.ledger('posts')).toEqual([])
    expect(doctor.code).toBe(1)
    expect(doctor.stdout).toMatch(/problem prices: prices\.json:3: m: expected a member name/)
    expect(doctor.stdout).toMatch(/ok {6}disk: /)
  })
})

describe('halfrate prices check', () => {
  test('says that a file can be used, and what is odd in it', async () => {
    const folder = folderWith({ _meta: { compiled: '2026-11-01' }, mine: { ...OURS, tiers: {} } })
    const { stdout, code } = await halfrate(['prices', 'check', 'prices.json'], { cwd: folder })

    expect([stdout, code]).toEqual([
      'prices.json:12: mine: tiers: odd, but used: not read; tier is meant?\nprices.json: 1 model, 1 oddity; it can be used\n',
      0,
    ])
  })

  test('names every fault by its line, and ends with 2', async () => {
    const wrong = Object.fromEntries('abcdef'.split('').map((id) => [id, { ...OURS, input: '1' }]))
    const folder = folderWith(wrong)
    const check = ['prices', 'check', 'prices.json']
    const told = await halfrate(check, { cwd: folder })

    expect(told.code).toBe(2)
    expect(told.stdout.split('\n')).toHaveLength(8)
    expect(told.stdout).toContain('prices.json:3: a: input: expected number, got string\n')
    expect(told.stdout).toMatch(/prices\.json: 6 faults; it can't be used\n$/)
    const found = objectOf(await halfrate([...check, '--json'], { cwd: folder }))
    expect(found).toMatchObject({ type: 'prices_check', usable: false, models: null, oddities: [] })
    expect(found.faults).toHaveLength(6)
  })

  test('ends with 1 where there is no such file', async () => {
    const { stderr, code } = await halfrate(['prices', 'check', 'none.json'], {
      cwd: temporaryFolder(),
    })

    expect([code, stderr.split('\n')[0]]).toEqual([
      1,
      'none.json: expected a price file, but there is no such file.',
    ])
  })
})

describe('halfrate prices diff', () => {
  test('says what would cost something else, and which name would have no price', async () => {
    const folder = folderWith({
      'claude-haiku-4-5-20251001': OURS,
      'claude-opus-5': { ...OURS, input: null, alias: 'claude-opus-4-8' },
      'our-own': OURS,
    })
    const diff = ['prices', 'diff', 'prices.json', ...DAY]
    const { stdout, code } = await halfrate(diff, { cwd: folder })

    expect(code).toBe(0)
    expect(stdout).toMatch(
      / claude-haiku-4-5 {2,}no longer known: what asks for it would have no price\n/,
    )
    expect(stdout).toMatch(/ claude-haiku-4-5-20251001 {2,}in 1\.00 → 0\.80 {2,}out 5\.00 → 4\.00/)
    expect(stdout).toMatch(
      / claude-opus-4-8 {2,}priced as claude-opus-5, not claude-opus-4-8 {2,}in 5\.00 → unknown/,
    )
    expect(stdout).toMatch(/ our-own {2,}new {2,}in 0\.80/)
    expect(stdout).toMatch(/\n5 names would cost something else\n$/)
    const { models } = objectOf(await halfrate([...diff, '--json'], { cwd: folder }))
    expect(models).toContainEqual({
      ...{ model: 'claude-haiku-4-5', after: null },
      before: expect.objectContaining({ priced_as: 'claude-haiku-4-5-20251001' }),
    })
  })

  test('of what is built in already is nothing', async () => {
    const { stdout } = await halfrate(['prices', 'diff', 'prices.json', ...DAY], {
      cwd: folderWith({}),
    })

    expect(stdout).toMatch(/\nit changes nothing\n$/)
  })
})
