import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { lines, row } from '../audit/read.js'
import { halfrate, request, startHalfrate, startTestEmulator, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const LOG = lines(row({ awaited: false }), row({ feature: 'chat', awaited: true }))

async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const cwd = await temporaryFolder()
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text)
  return cwd
}

async function auditJson(
  files: Readonly<Record<string, string | Uint8Array>>,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly found: Record<string, unknown> }> {
  const cwd = await folderWith(files)
  const { code, stdout, stderr } = await halfrate(['audit', ...args, '--json'], { cwd })
  expect(stderr).toBe('')
  return { code, found: JSON.parse(stdout) }
}

describe('halfrate audit', () => {
  test('tells a person what could be half price, without a key, a store or a network', async () => {
    const cwd = await folderWith({ 'usage.jsonl': LOG })
    const env = { ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' }
    const { code, stdout, stderr } = await halfrate(['audit', 'usage.jsonl'], { cwd, env })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('spent $10.00    could save $75.00 a month')
    expect(stdout).toMatch(/triage +1 +\$5\.00 +\$75\.00 +ready/)
    expect(await readdir(cwd)).toEqual(['usage.jsonl'])
  })

  test('takes gzip, CSV and standard input as one', async () => {
    const csv = 'model_name;in;out\nclaude-opus-5;1000000;0\n'
    const files = { 'a.jsonl.gz': gzipSync(LOG), 'b.csv': csv }
    const map = 'input_tokens=in,output_tokens=out'
    const packed = await auditJson(files, ['a.jsonl.gz'])
    expect(packed.found).toMatchObject({ rows: 2, cost_usd: '10.00', source: 'log' })
    const mapped = await auditJson(files, ['b.csv', '--map', map])
    expect(mapped.found).toMatchObject({ rows: 1, cost_usd: '5.00' })
    const cwd = await folderWith({})
    const running = startHalfrate(['audit', '-', '--json'], { cwd, stdin: 'pipe' })
    running.child.stdin?.end(gzipSync(LOG))
    expect(JSON.parse((await running.ended).stdout)).toMatchObject({ files: ['stdin'], rows: 2 })
  })

  test('writes a page that stands alone', async () => {
    const cwd = await folderWith({ 'usage.jsonl': LOG })
    const { code, stderr } = await halfrate(['audit', 'usage.jsonl', '--html', 'a.html'], { cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'wrote a.html\n' })
    const page = await readFile(join(cwd, 'a.html'), 'utf8')
    expect(page).toMatch(/^<!doctype html>/)
    expect(page).toContain('<svg')
    expect((await readdir(cwd)).toSorted()).toEqual(['a.html', 'usage.jsonl'])
  })

  test('never writes a page over its input', async () => {
    const cwd = await folderWith({ 'usage.jsonl': LOG })
    const ended = await halfrate(['audit', 'usage.jsonl', '--html', './usage.jsonl'], { cwd })
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain('--html ./usage.jsonl: it is an input.')
    expect(await readFile(join(cwd, 'usage.jsonl'), 'utf8')).toBe(LOG)
  })

  test('ends with 2 when rows could not be read, and names the first', async () => {
    const { code, found } = await auditJson({ 'u.jsonl': `${LOG}oops\n` }, ['u.jsonl'])
    expect(code).toBe(2)
    expect(found).toMatchObject({
      ...{ rows: 2, bad_rows: 1, exit_code: 2 },
      first_bad_rows: [{ file: 'u.jsonl', line: 3, problem: 'expected JSON, got something else' }],
    })
  })

  test('says the gross margin before and after', async () => {
    const books = ['--revenue', '1,000', '--cogs', '$500']
    const { found } = await auditJson({ 'u.jsonl': LOG }, ['u.jsonl', ...books])
    expect(found.gross_margin).toEqual({ before: 0.5, after: { low: 0.575, high: 0.575 } })
  })

  test('tells hours by the clock of a zone', async () => {
    const zone = ['--time-zone', 'Asia/Kolkata']
    const { found } = await auditJson({ 'u.jsonl': LOG }, ['u.jsonl', ...zone])
    const hours = found.hours as readonly { readonly realtime_usd: string }[]
    expect(hours[17]?.realtime_usd).toBe('10.00')
  })

  test('takes prices from a file', async () => {
    const prices = {
      'claude-next': {
        ...{ input: 2, output: 4, cache_write_5m: 2.5, cache_write_1h: 4, cache_read: 0.2 },
        source: 'a test',
      },
    }
    const files = {
      'u.jsonl': lines(row({ model: 'claude-next' })),
      'p.json': JSON.stringify(prices),
    }
    const { found } = await auditJson(files, ['u.jsonl', '--prices', 'p.json'])
    expect(found).toMatchObject({ cost_usd: '2.00', unpriced: 0 })
  })

  test.each<[string, readonly string[], string]>([
    ['a file that is not there', ['nope.jsonl'], 'nope.jsonl: there is no such file.'],
    ['a folder', ['.'], '.: expected a file, got a directory.'],
    ['an empty file', ['empty'], 'empty: expected usage, got an empty input.'],
    ['half a gzip', ['half.gz'], "half.gz: it can't be read:"],
    ['the same file twice', ['u.jsonl', './u.jsonl'], 'its money would count twice'],
    ['a zone that is none', ['u.jsonl', '--time-zone', 'Mars'], '--time-zone: expected a name'],
    ['revenue alone', ['u.jsonl', '--revenue', '1'], '--revenue goes with --cogs.'],
    [
      'no revenue',
      ['u.jsonl', '--revenue', '0', '--cogs', '1'],
      '--revenue: expected more than 0.',
    ],
    [
      'a cost that is none',
      ['u.jsonl', '--revenue', '1', '--cogs', 'x'],
      '--cogs: expected an amount',
    ],
    ['a page in no folder', ['u.jsonl', '--html', 'no/a.html'], '--html no/a.html: '],
    ['no features', ['u.jsonl', '--top', '0'], '--top: expected a whole number'],
    ['prices that are not there', ['u.jsonl', '--prices', 'p'], "--prices p: it can't be read"],
  ])('refuses %s in a sentence', async (_, args, expected) => {
    const half = gzipSync(LOG).subarray(0, 40)
    const cwd = await folderWith({ 'u.jsonl': LOG, empty: '', 'half.gz': half })
    const { code, stdout, stderr } = await halfrate(['audit', ...args], { cwd })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(expected)
  })
})

describe('halfrate audit admin:', () => {
  async function askedAbout(): Promise<{
    readonly ask: (...args: readonly string[]) => ReturnType<typeof halfrate>
  }> {
    const cwd = await temporaryFolder()
    const claude = await startTestEmulator()
    const rows = ['a', 'b'].map((key) => request(key))
    const sent = ['run', writeInput(cwd, rows), '-o', 'out.jsonl', ...claude.flags]
    expect((await halfrate(sent, { cwd })).code).toBe(0)
    const body = {
      model: 'claude-haiku-4-5',
      max_tokens: 50,
      messages: [{ role: 'user', content: 'x' }],
    }
    const headers = {
      'content-type': 'application/json',
      'x-api-key': 'k',
      'anthropic-version': '2023-06-01',
    }
    const message = { method: 'POST', headers, body: JSON.stringify(body) }
    expect((await fetch(`${claude.url}/v1/messages`, message)).status).toBe(200)
    const env = { ANTHROPIC_ADMIN_KEY: 'sk-ant-admin01-emulated' }
    const ask = (...args: readonly string[]): ReturnType<typeof halfrate> =>
      halfrate(['audit', ...args, '--base-url', claude.url], { cwd, env })
    return { ask }
  }

  test('asks for both reports, and tells batches from real time', async () => {
    const { ask } = await askedAbout()
    for (const [name, source] of [
      ['admin:usage', 'usage_report'],
      ['admin:cost', 'cost_report'],
    ] as const) {
      const { code, stdout, stderr } = await ask(name, '--since', '2d', '--json')
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const found = JSON.parse(stdout)
      expect(found).toMatchObject({ files: [name], source, unfinished_reports: [], cut_off: [] })
      expect(found.models.map((each: { model: string }) => each.model)).toContain(
        'claude-haiku-4-5-20251001',
      )
      expect(Number(found.cost_usd)).toBeGreaterThan(0)
    }
    const both = await ask('admin:usage', 'admin:cost')
    expect([both.code, both.stderr.includes('would count twice')]).toEqual([1, true])
  })
})
