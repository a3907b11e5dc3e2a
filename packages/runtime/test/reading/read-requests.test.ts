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
