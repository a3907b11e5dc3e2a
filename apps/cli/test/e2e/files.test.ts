import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from '@halfrate/emulator'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Ended, halfrate, startHalfrate, writeInput } from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** A PDF of one empty page, with as much in a comment as a test wants. */
function aPdf(words = ''): Buffer {
  const parts = ['%PDF-1.4\n', `%${words}\n`]
  const offsets: number[] = []
  for (const [index, object] of [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>',
  ].entries()) {
    offsets.push(parts.join('').length)
    parts.push(`${index + 1} 0 obj${object}endobj\n`)
  }
  const at = parts.join('').length
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`)
  parts.push(`xref\n0 4\n0000000000 65535 f \n${table.join('')}`)
  parts.push(`trailer<</Size 4/Root 1 0 R>>\nstartxref\n${at}\n%%EOF\n`)
  return Buffer.from(parts.join(''))
}

// One transparent pixel.
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

interface Block {
  readonly type: string
  readonly text?: string
  readonly source?: { readonly media_type: string; readonly data: string }
}

const sha = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 12)

/** How the provider below answers to a file and a text. */
const answer = (mediaType: string, bytes: Uint8Array, text: string): string =>
  `${mediaType} ${sha(bytes)} | ${text}`

function wordsOf({ text, source }: Block): string {
  if (source === undefined) return text ?? ''
  return `${source.media_type} ${sha(Buffer.from(source.data, 'base64'))}`
}

interface Place {
  readonly folder: string
  readonly flags: readonly string[]
  readonly posts: () => number
  run(...args: readonly string[]): Promise<Ended>
  look(...args: readonly string[]): Promise<Ended>
}

/** A folder, and a provider that answers with what it was sent. */
async function place(files: Readonly<Record<string, Uint8Array | string>>): Promise<Place> {
  const folder = temporaryFolder()
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  const claude = await startEmulator({
    ...{ seed: 7, clock: { factor: 600 }, turnaroundMs: [60_000, 60_000] },
  })
  onTestFinished(() => claude[Symbol.asyncDispose]())
  claude.reply(({ params }) => {
    const [message] = params.messages as unknown as { readonly content: string | Block[] }[]
    const content = message?.content ?? ''
    return typeof content === 'string' ? content : content.map(wordsOf).join(' | ')
  })
  const { url, startLine } = claude
  const clock = ['--clock', JSON.stringify(startLine.clock)]
  const flags = ['--base-url', url, ...clock]
  return {
    folder,
    flags,
    posts: () => claude.ledger.posts().length,
    run: (...args) => halfrate(['run', ...args, ...flags], { cwd: folder }),
    look: (...args) => halfrate([...args, ...clock], { cwd: folder }),
  }
}

const ROWS = ['--model', 'claude-haiku-4-5', '--max-tokens', '512', '--prompt', 'ask.txt']

function rowsOf(folder: string, name = 'out.jsonl'): Readonly<Record<string, unknown>> {
  const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
  const rows = lines.map((line) => JSON.parse(line) as { key: string; text: string | null })
  return Object.fromEntries(rows.map(({ key, text }) => [key, text]))
}

const path = (file: string, type = 'document') => ({ type, source: { type: 'path', path: file } })

function requestWith(key: string, ...blocks: readonly object[]): object {
  const content = [...blocks, { type: 'text', text: 'What is it?' }]
  const messages = [{ role: 'user', content }]
  return { key, params: { model: 'claude-haiku-4-5', max_tokens: 50, messages } }
}

describe('documents that are PDFs and pictures', () => {
  test('stand before the prompt, beside texts that go into it, whatever they are called', async () => {
    const pdf = aPdf()
    const { folder, run } = await place({
      'in/a.pdf': pdf,
      'in/b.md': 'Words.',
      'in/c.dat': PNG,
      'ask.txt': 'What is {{name}}? {{text}}\n',
    })
    const { code, stderr } = await run('in/*', '-o', 'out.jsonl', ...ROWS)
    expect(code, stderr).toBe(0)
    expect(rowsOf(folder)).toEqual({
      'in/a.pdf': answer('application/pdf', pdf, 'What is a.pdf? '),
      'in/b.md': 'What is b.md? Words.',
      'in/c.dat': answer('image/png', PNG, 'What is c.dat? '),
    })
  })

  test('need no place in the prompt, which a text does', async () => {
    const { folder, run } = await place({ 'a.pdf': aPdf(), 'ask.txt': 'Sum it up.' })
    const { code, stderr } = await run('*.pdf', '-o', 'out.csv', ...ROWS)
    expect(code, stderr).toBe(0)
    const lines = readFileSync(join(folder, 'out.csv'), 'utf8').split('\r\n')
    expect(lines[0]).toBe('path,name,answer,status,cost_usd,error,policy')
    expect(lines[1]).toContain(`a.pdf,a.pdf,"application/pdf ${sha(aPdf())} | Sum it up."`)
    writeFileSync(join(folder, 'b.md'), 'Words.')
    const mixed = await run('*.pdf', '*.md', '-o', 'mixed.jsonl', ...ROWS)
    expect(mixed.code).toBe(1)
    expect(mixed.stderr).toContain('expected at least one {{column}}, got none')
  })

  test('are another input when one of them was changed', async () => {
    const { folder, run, posts } = await place({ 'a.pdf': aPdf(), 'ask.txt': 'Sum it up.' })
    const args = ['*.pdf', '-o', 'out.jsonl', ...ROWS]
    expect((await run(...args)).code).toBe(0)
    const again = await run(...args)
    expect(again.stderr).toContain('taken in before; going on')
    writeFileSync(join(folder, 'a.pdf'), aPdf('changed'))
    const changed = await run(...args)
    expect([changed.code, posts()]).toEqual([1, 1])
    expect((await run(...args, '--changed')).code).toBe(0)
    expect(rowsOf(folder)['a.pdf']).toContain(sha(aPdf('changed')))
  })

  test('are shown by a dry run without their base64, and how much of it', async () => {
    const { run, posts } = await place({ 'a.pdf': aPdf(), 'ask.txt': 'Sum it up.' })
    const { code, stdout, stderr } = await run('*.pdf', '-o', 'out.jsonl', ...ROWS, '--dry-run')
    expect(code, stderr).toBe(0)
    const left = aPdf().toString('base64').length
    expect(stderr).toContain(`${left} characters of files in base64 are left out here`)
    const { messages } = JSON.parse(stdout) as { messages: [{ content: [Block, Block] }] }
    expect(messages[0].content[0].source?.data).toBe(`[${left} characters of base64]`)
    expect(posts()).toBe(0)
  })
})

describe('requests that name files', () => {
  test('have them from beside their input, and one file of many requests is sent with each', async () => {
    const [pdf, lines] = [aPdf('x'.repeat(500_000)), [1, 2, 3]]
    const { folder, run } = await place({ 'in/scans/a.pdf': pdf, 'in/b.png': PNG })
    const requests = lines.map((row) => requestWith(`r${row}`, path('scans/a.pdf')))
    writeInput(folder, [...requests, requestWith('r4', path('./b.png', 'image'))], 'in/r.jsonl')
    const { code, stderr } = await run('in/r.jsonl', '-o', 'out.jsonl')
    expect(code, stderr).toBe(0)
    const scan = answer('application/pdf', pdf, 'What is it?')
    const picture = answer('image/png', PNG, 'What is it?')
    expect(rowsOf(folder)).toEqual({ r1: scan, r2: scan, r3: scan, r4: picture })
  })

  test('can do without them once they are taken in, also after kill -9', async () => {
    const pdf = aPdf()
    const { folder, flags, look, posts } = await place({ 'a.pdf': pdf })
    writeInput(folder, [requestWith('r1', path('a.pdf'))])
    const args = ['run', 'requests.jsonl', '-o', 'out.jsonl', ...flags]
    const diesSaying = /job requests: 1 row, all new/
    expect((await halfrate(args, { cwd: folder, diesSaying })).code).toBeNull()
    rmSync(join(folder, 'a.pdf'))
    // What names them has to find them, so those that are taken in are worked off without it.
    const worker = startHalfrate(['work', ...flags], { cwd: folder })
    await worker.said(/ is complete/)
    worker.child.kill('SIGTERM')
    expect((await worker.ended).code).toBe(0)
    const results = await look('results', '--job', 'requests', '-o', 'out.jsonl')
    expect(results.code, results.stderr).toBe(0)
    expect(rowsOf(folder)).toEqual({ r1: answer('application/pdf', pdf, 'What is it?') })
    expect(posts()).toBe(1)
    expect((await look('verify')).stdout).toContain('everything holds')
  })

  test('are seen to be changed when only the file was', async () => {
    const { folder, run, posts } = await place({ 'a.pdf': aPdf() })
    writeInput(folder, [requestWith('r1', path('a.pdf'))])
    expect((await run('requests.jsonl', '-o', 'out.jsonl')).code).toBe(0)
    expect((await run('requests.jsonl', '-o', 'out.jsonl')).code).toBe(0)
    expect(posts()).toBe(1)
    writeFileSync(join(folder, 'a.pdf'), aPdf('changed'))
    expect((await run('requests.jsonl', '-o', 'out.jsonl')).code).toBe(1)
    const changed = await run('requests.jsonl', '-o', 'out.jsonl', '--changed')
    expect(changed.code, changed.stderr).toBe(0)
    expect(rowsOf(folder)).toEqual({
      r1: answer('application/pdf', aPdf('changed'), 'What is it?'),
    })
  })

  test('are sent again with more room, files and all', async () => {
    const { folder, run, look } = await place({ 'a.pdf': aPdf() })
    const short = requestWith('r1', path('a.pdf')) as { params: { max_tokens: number } }
    short.params.max_tokens = 1
    writeInput(folder, [short])
    expect((await run('requests.jsonl', '-o', 'out.jsonl')).code).toBe(2)
    rmSync(join(folder, 'a.pdf'))
    const retried = await look('retry', '--cut-off', '--max-tokens', '500')
    expect(retried.code, retried.stderr).toBe(0)
    writeFileSync(join(folder, 'a.pdf'), aPdf())
    const again = await run('requests.jsonl', '-o', 'out.jsonl')
    expect(again.code, again.stderr).toBe(0)
    expect(rowsOf(folder)).toEqual({ r1: answer('application/pdf', aPdf(), 'What is it?') })
  })

  test('are put into a queue as well', async () => {
    const { folder, look } = await place({ 'a.pdf': aPdf() })
    writeInput(folder, [requestWith('r1', path('a.pdf'))])
    const { code, stdout } = await look('enqueue', 'requests.jsonl', '--queue', 'scans')
    expect([code, stdout]).toEqual([0, expect.stringContaining('1 request · 1 new')])
  })
})

describe('rows with a column of files', () => {
  test('have the file before the prompt, found beside the table', async () => {
    const { folder, run, posts } = await place({
      'in/a.pdf': aPdf(),
      'in/b.png': PNG,
      'in/claims.csv': 'id,scan,note\nc1,a.pdf,old\nc2,b.png,new\n',
      'ask.txt': 'A note: {{note}}',
    })
    const args = ['in/claims.csv', '--attach', 'scan', ...ROWS]
    const first = await run(...args, '-o', 'out.jsonl')
    expect(first.code, first.stderr).toBe(0)
    expect(rowsOf(folder)).toEqual({
      c1: answer('application/pdf', aPdf(), 'A note: old'),
      c2: answer('image/png', PNG, 'A note: new'),
    })
    const csv = await run(...args, '-o', 'out.csv')
    expect(csv.code, csv.stderr).toBe(0)
    expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toMatch(/^id,scan,note,answer,/)
    expect(posts()).toBe(1)
    writeFileSync(join(folder, 'in/a.pdf'), aPdf('changed'))
    expect((await run(...args, '-o', 'out.jsonl')).code).toBe(1)
    const without = await run('in/claims.csv', ...ROWS, '-o', 'out.jsonl')
    expect(without.stderr).toContain('changed')
  })

  test.each([
    [
      'a column that is not there',
      'scans',
      'c1,a.pdf',
      'expected the name of a column of claims.csv, got "scans"',
    ],
    ['no path', 'scan', 'c1,', 'expected the path of a PDF, PNG, JPEG, GIF or WebP, got nothing'],
    ['a path to nothing', 'scan', 'c1,b.pdf', 'there is no file "b.pdf"'],
    ['a folder', 'scan', 'c1,.', '"." is no file'],
    ['a text', 'scan', 'c1,ask.txt', 'got "ask.txt", which begins with "Sum it u"'],
    ['an empty file', 'scan', 'c1,empty.pdf', 'got "empty.pdf", which is empty'],
    [
      'a file that no message can hold',
      'scan',
      'c1,large.pdf',
      'expected at most 23,900,000 bytes, got "large.pdf" with 24,000,001',
    ],
  ])('%s is refused by its line, and nothing is sent', async (_what, column, line, problem) => {
    const { run, posts } = await place({
      'a.pdf': aPdf(),
      'empty.pdf': '',
      'large.pdf': Buffer.alloc(24_000_001, '%PDF-1.4'),
      'claims.csv': `id,scan\n${line}\n`,
      'ask.txt': 'Sum it up.',
    })
    const args = ['claims.csv', '--attach', column, ...ROWS, '-o', 'out.jsonl']
    const { code, stderr } = await run(...args)
    expect([code, posts()]).toEqual([1, 0])
    expect(stderr).toContain(problem)
    if (column === 'scan') expect(stderr).toContain('claims.csv:2')
  })
})

test('requests from standard input name files from where the command runs', async () => {
  const { folder, flags } = await place({ 'a.pdf': aPdf() })
  const { child, ended } = startHalfrate(
    ['run', '-', '--job', 'piped', '-o', 'out.jsonl', ...flags],
    { cwd: folder, stdin: 'pipe' },
  )
  child.stdin?.end(JSON.stringify(requestWith('r1', path('a.pdf'))))
  const { code, stderr } = await ended
  expect(code, stderr).toBe(0)
  expect(rowsOf(folder)).toEqual({ r1: answer('application/pdf', aPdf(), 'What is it?') })
})

test('a pipe that nobody writes to, and a link to nothing, are named and not waited for', async () => {
  const { folder, run } = await place({ 'ask.txt': 'Hi', 'claims.csv': 'id,scan\nc1,pipe.pdf\n' })
  execFileSync('sh', ['-c', 'mkfifo pipe.pdf'], { cwd: folder })
  symlinkSync('nowhere', join(folder, 'gone.pdf'))
  const attached = await run('claims.csv', '--attach', 'scan', '-o', 'out.jsonl', ...ROWS)
  expect(attached.code).toBe(1)
  expect(attached.stderr).toContain('"pipe.pdf" is no file')
  const found = await run('gone*.pdf', '-o', 'out.jsonl', ...ROWS)
  expect(found.code).toBe(1)
  expect(found.stderr).toContain("gone.pdf: it can't be read")
})

test('a request whose files no message can hold is refused before all of them are read', async () => {
  const { run } = await place({
    'one.pdf': Buffer.alloc(20_000_000, '%PDF-1.4'),
    'two.pdf': Buffer.alloc(20_000_000, '%PDF-1.5'),
    'in.jsonl': JSON.stringify(requestWith('r1', path('one.pdf'), path('two.pdf'), path('no.pdf'))),
  })
  const { code, stderr } = await run('in.jsonl', '-o', 'out.jsonl')
  expect(code).toBe(1)
  expect(stderr).toContain('got 40,000,000 with the first 2 of them')
})

test('a document that is neither text nor file is named, with what would do', async () => {
  const { run } = await place({ 'a.docx': Buffer.from([0x50, 0x4b, 3, 4, 0xff]), 'ask.txt': 'Hi' })
  const { code, stderr } = await run('*.docx', '-o', 'out.jsonl', ...ROWS)
  expect(code).toBe(1)
  expect(stderr).toContain(
    'a.docx: expected a PDF, PNG, JPEG, GIF or WebP, or a text in UTF-8, got neither.',
  )
})

test.for([
  ['version https://git-lfs.github.com/spec/v1\n', 'which begins with'],
  ['', 'which is empty'],
] as const)(
  'a text %j that is named like a PDF is not paid for as a text',
  async ([text, problem]) => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'scan.PDF'), text)
    writeFileSync(join(cwd, 'ask.txt'), 'What is this? {{text}}')
    const args = ['run', '*.PDF', '--prompt', 'ask.txt', '--model', 'claude-haiku-4-5']
    const { code, stderr } = await halfrate([...args, '--max-tokens', '9', '-o', 'out.jsonl'], {
      cwd,
    })
    expect(code).toBe(1)
    expect(stderr).toContain(`expected a PDF, PNG, JPEG, GIF or WebP, got "scan.PDF", ${problem}`)
  },
)
