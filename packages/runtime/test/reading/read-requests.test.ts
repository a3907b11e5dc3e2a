import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InvalidInputError } from '@halfrate/core'
import type { AcceptedRow } from '@halfrate/core/intake'
// As it is built: the thread is a file of its own.
import { type RequestsReading, readRequests } from '@halfrate/runtime'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'halfrate-reading-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const TEXT = 'water damage in the kitchen, third floor; '.repeat(40)

// Few at first, and then more than are remembered.
function kindOf(index: number): number {
  return index < 4_000 ? index % 5 : index
}

function lineOf(index: number): string {
  const params = {
    model: index % 7 === 0 ? 'claude-sonnet-4-5' : 'claude-haiku-4-5',
    max_tokens: 100 + (index % 900),
    ...(index % 3 === 0 && { system: `You sort claims of kind ${kindOf(index)}. ${TEXT}` }),
    messages: [{ role: 'user', content: `${index} ${TEXT}` }],
  }
  return JSON.stringify({
    key: `Fall ${index} – 案件 ${String.fromCodePoint(0x1f4a7)}`,
    params,
    ...(index % 4 === 0 && { labels: { team: `t${index % 6}` } }),
    ...(index % 5 === 0 && { deadline_at: '2031-01-01T00:00:00Z' }),
  })
}

// Above the size from which a thread is used.
const ROWS = 9_000
const path = join(folder, 'large.jsonl')
const lines = Array.from({ length: ROWS }, (_, index) => lineOf(index))
writeFileSync(path, `${lines.join('\n')}\n`)

function reading(file: string, isInThread: boolean): RequestsReading {
  const bytes = readFileSync(file)
  return readRequests({
    file: 'large.jsonl',
    pieces: () => piecesOf(bytes),
    source: isInThread ? { path: file, size: bytes.length } : null,
  })
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_001) yield bytes.subarray(at, at + 100_001)
}

async function taken(
  rows: AsyncIterable<AcceptedRow>,
): Promise<{ readonly rows: readonly AcceptedRow[]; readonly error: unknown }> {
  const found: AcceptedRow[] = []
  try {
    for await (const row of rows) found.push(row)
  } catch (error) {
    return { rows: found, error }
  }
  return { rows: found, error: null }
}

function plain(row: AcceptedRow | undefined): unknown {
  return JSON.parse(
    JSON.stringify(row, (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    ),
  )
}

describe('a large input that a thread of its own reads', () => {
  it('gives the same rows and the same digest', async () => {
    const here = reading(path, false)
    const there = reading(path, true)
    const [expected, got] = [await taken(here.rows), await taken(there.rows)]
    expect(got.error).toBeNull()
    expect(got.rows).toHaveLength(ROWS)
    const different = got.rows.findIndex(
      (row, index) => JSON.stringify(plain(row)) !== JSON.stringify(plain(expected.rows[index])),
    )
    expect(different).toBe(-1)
    expect(there.sourceDigest()).toBe(here.sourceDigest())
    expect(there.sourceDigest()).toMatch(/^[0-9a-f]{64}$/)
  })

  it('shares the bytes of a prefix between its rows, as reading here does', async () => {
    const { rows } = await taken(reading(path, true).rows)
    const prefixes = new Set(rows.slice(0, 4_000).map((row) => row.prefix))
    expect(prefixes.size).toBeLessThan(20)
  })

  it('gives the rows before a bad line, and then the same error', async () => {
    const bad = join(folder, 'bad.jsonl')
    const edited = [...lines]
    edited[7_500] = '{"key": "k", "params": {"model": 5}}'
    writeFileSync(bad, edited.join('\n'))
    const here = await taken(reading(bad, false).rows)
    const there = await taken(reading(bad, true).rows)
    expect(there.rows).toHaveLength(7_500)
    expect(here.rows).toHaveLength(7_500)
    const { name, message, nextStep, rule, place, code } = there.error as InvalidInputError
    const expected = here.error as InvalidInputError
    expect({ name, message, nextStep, rule, place, code }).toEqual({
      name: expected.name,
      message: expected.message,
      nextStep: expected.nextStep,
      rule: expected.rule,
      place: expected.place,
      code: expected.code,
    })
    expect(place.line).toBe(7_501)
  })

  it('can be left early, and leaves no thread behind', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
    let count = 0
    for await (const _ of reading(path, true).rows) {
      count += 1
      if (count === 10) break
    }
    const after = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
    expect(count).toBe(10)
    expect(after).toBe(before)
  })

  it('says so when the file has gone meanwhile', async () => {
    const source = { path: join(folder, 'gone.jsonl'), size: 1 << 30 }
    const { error } = await taken(
      readRequests({ file: 'gone.jsonl', pieces: () => piecesOf(Buffer.alloc(0)), source }).rows,
    )
    expect(String(error)).toContain('ENOENT')
  })
})

describe('an input whose requests name files', () => {
  const PDF = Buffer.from('%PDF-1.4 one')
  writeFileSync(join(folder, 'a.pdf'), PDF)
  for (const which of [0, 1, 2]) {
    writeFileSync(join(folder, `${which}.pdf`), Buffer.alloc(700_000, `%PDF-${which}`))
  }

  function inputWith(name: string, paths: readonly string[]): string {
    const file = join(folder, name)
    const texts = paths.map((each, index) => {
      const content = [{ type: 'document', source: { type: 'path', path: each } }]
      const messages = [{ role: 'user', content }]
      const params = { model: 'claude-haiku-4-5', max_tokens: 9, messages }
      return JSON.stringify({ key: String(index), params })
    })
    writeFileSync(file, texts.join('\n'))
    return file
  }

  async function readBoth(file: string) {
    const bytes = readFileSync(file)
    const there = { path: file, size: 1 << 30 }
    return await Promise.all(
      [null, there].map(async (source) => {
        const read = readRequests({ file, pieces: () => piecesOf(bytes), source })
        return { ...(await taken(read.rows)), digest: read.sourceDigest() }
      }),
    )
  }

  it('reads them beside the input, here and in a thread alike, each once', async () => {
    const paths = Array.from(
      { length: 60 },
      (_, index) => `./${index % 7 === 0 ? index % 3 : 'a'}.pdf`,
    )
    const [here, there] = await readBoth(inputWith('files.jsonl', paths))
    expect([here?.error, there?.error]).toEqual([null, null])
    // Members in one order: the two make them in orders of their own.
    const textOf = (row: AcceptedRow): string =>
      JSON.stringify(Object.entries(plain(row) as object).sort(([a], [b]) => (a < b ? -1 : 1)))
    const texts = [here, there].map((side) => side?.rows.map(textOf))
    expect(texts[0]).toHaveLength(paths.length)
    expect(texts[1]?.findIndex((text, index) => text !== texts[0]?.[index])).toBe(-1)
    expect(here?.rows[1]?.blobs?.[0]?.bytes).toEqual(new Uint8Array(PDF))
    for (const side of [here, there]) {
      const files = new Set(side?.rows.flatMap(({ blobs = [] }) => blobs.map(({ bytes }) => bytes)))
      expect(files.size).toBe(4)
    }
  })

  it('has no digest, since a file can change while the input does not', async () => {
    const [here, there] = await readBoth(inputWith('one.jsonl', ['a.pdf']))
    expect([here?.digest, there?.digest]).toEqual([null, null])
  })

  it('says which line names a file that is not there', async () => {
    const [here, there] = await readBoth(inputWith('gone.jsonl', ['a.pdf', 'no.pdf']))
    for (const side of [here, there]) {
      expect(side?.rows).toHaveLength(1)
      expect(side?.error).toMatchObject({ rule: 'file_not_found', place: { line: 2 } })
      expect(String(side?.error)).toContain('there is no file "no.pdf"')
    }
  })

  it('reads a file anew that was changed between two rows', async () => {
    const file = join(folder, 'changing.pdf')
    writeFileSync(file, '%PDF-1')
    const [first, second] = ['%PDF-1', '%PDF-22']
    const line = readFileSync(inputWith('changing.jsonl', ['changing.pdf']))
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield Buffer.concat([line, Buffer.from('\n')])
      writeFileSync(file, '%PDF-22')
      yield line
    }
    const input = { file: join(folder, 'changing.jsonl'), pieces, source: null }
    const { rows } = await taken(readRequests(input).rows)
    const texts = rows.map(({ blobs = [] }) => Buffer.from(blobs[0]?.bytes ?? []).toString())
    expect(texts).toEqual([first, second])
  })
})
