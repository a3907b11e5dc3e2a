import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { InvalidInputError } from '../../../src/errors.js'
import {
  blobMarksOf,
  IntakeRowMaker,
  mediaTypeOf,
  pathsOf,
  readInputLine,
  type SourceFile,
  wireBytesOf,
  withMaxTokens,
} from '../../../src/policy/intake/index.js'
import { promptContentOf } from '../../../src/policy/money/prompt-content.js'
import { envelopeFaultOf } from '../../../src/policy/retry/envelope.js'
import { itemBytesOf } from '../../../src/policy/wire-size.js'
import type { IntakeRow } from '../../../src/ports/store-intake.js'

const encoder = new TextEncoder()
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest())
const hash128 = (...parts: readonly Uint8Array[]) =>
  new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest().subarray(0, 16))

function fileOf(mediaType: SourceFile['mediaType'], bytes: Uint8Array): SourceFile {
  return { mediaType, hash: sha256(bytes), bytes }
}

const PDF = fileOf('application/pdf', encoder.encode('%PDF-1.4 one'))
const PNG = fileOf('image/png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1))
const FILES = new Map([
  ['a.pdf', PDF],
  ['ü/b.png', PNG],
])

const source = (path: string) => ({ type: 'path', path })
const block = (type: string, path: string) => ({ type, source: source(path) })

function lineOf(content: unknown, more: object = {}) {
  const params = { model: 'm', messages: [{ role: 'user', content }], max_tokens: 9, ...more }
  const bytes = encoder.encode(JSON.stringify({ key: 'k', params }))
  return readInputLine(bytes, { file: 'a.jsonl', line: 3 }) ?? expect.fail('a blank line')
}

function rowOf(content: unknown, files: ReadonlyMap<string, SourceFile> | null = FILES) {
  return new IntakeRowMaker({ hash128 }).toIntakeRow(lineOf(content), { byPath: files })
}

/** The body with base64 in place of its marks, by means of its own. */
function sentText({ body, blobs = [] }: Pick<IntakeRow, 'body' | 'blobs'>): string {
  let text = Buffer.from(body).toString('latin1')
  for (const { hash, bytes } of blobs) {
    const size = bytes.length.toString(16).padStart(8, '0')
    const mark = `\xff${Buffer.from(hash).toString('hex')}${size}`
    text = text.replaceAll(mark, Buffer.from(bytes).toString('base64'))
  }
  return Buffer.from(text, 'latin1').toString('utf8')
}

const base64Source = ({ mediaType, bytes }: SourceFile) => ({
  type: 'base64',
  media_type: mediaType,
  data: Buffer.from(bytes).toString('base64'),
})

function refusalOf(work: () => unknown): InvalidInputError {
  try {
    work()
  } catch (error) {
    if (error instanceof InvalidInputError) return error
    throw error
  }
  return expect.fail('it was taken')
}

describe('a source with a path', () => {
  test('becomes one with base64 wherever a block can stand, and every other byte stays', () => {
    const content = [
      { type: 'text', text: 'ü "path"' },
      block('document', 'a.pdf'),
      { type: 'tool_result', tool_use_id: 't', content: [block('image', 'ü/b.png')] },
      { type: 'document', source: { type: 'content', content: [block('image', 'ü/b.png')] } },
    ]
    const row = rowOf(content)
    const image = { type: 'image', source: base64Source(PNG) }
    const expected = {
      model: 'm',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'ü "path"' },
            { type: 'document', source: base64Source(PDF) },
            { type: 'tool_result', tool_use_id: 't', content: [image] },
            { type: 'document', source: { type: 'content', content: [image] } },
          ],
        },
      ],
      max_tokens: 9,
    }
    expect(`{${sentText(row)}}`).toBe(JSON.stringify(expected))
    expect(row.blobs?.map(({ bytes }) => bytes)).toEqual([PDF.bytes, PNG.bytes])
    const length = Buffer.byteLength(JSON.stringify(expected)) - 2
    expect(wireBytesOf(row.body)).toBe(length)
    expect(row.itemBytes).toBe(itemBytesOf(0, length))
  })

  test('is left alone where no block is, in a tool of the model as in a schema', () => {
    const content = [
      { type: 'tool_use', id: 't', name: 'read', input: { source: source('a.pdf') } },
      { type: 'text', text: JSON.stringify(block('document', 'a.pdf')) },
      { type: 'search_result', source: source('a.pdf'), content: [] },
      { type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } },
      { type: 'document', source: { type: 'file', file_id: 'path' } },
    ]
    const row = rowOf(content, null)
    expect(JSON.parse(`{${sentText(row)}}`).messages[0].content).toEqual(content)
    expect(row.blobs).toBeUndefined()
  })

  test('is found when its names are written with escapes', () => {
    const text = `{"key":"k","params":{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"p\\u0061th","\\u0070ath":"a.pdf"}}]}]}}`
    const line = readInputLine(encoder.encode(text)) ?? expect.fail('a blank line')
    expect(pathsOf(line)).toEqual(['a.pdf'])
  })

  test('is refused where no path is followed, with what to do', () => {
    const error = refusalOf(() => rowOf([block('document', 'a.pdf')], null))
    expect(error.rule).toBe('path_not_taken')
    expect(error.message).toContain('a.jsonl:3')
    expect(error.message).toContain('params.messages.0.content.0.source')
    expect(error.message).toContain('"a.pdf"')
  })

  test('is refused with other members, without a path, and in the wrong block', () => {
    const odd = [
      { type: 'document', source: { type: 'path', path: 'a.pdf', media_type: 'x' } },
      { type: 'document', source: { type: 'path', path: '' } },
      { type: 'document', source: { type: 'path', path: 7 } },
      block('image', 'a.pdf'),
      block('document', 'ü/b.png'),
    ]
    for (const each of odd) expect(refusalOf(() => rowOf([each])).rule).toBe('invalid_source')
  })
})

describe('a row with files', () => {
  test('names each path once', () => {
    const line = lineOf([block('document', 'a.pdf'), block('image', 'ü/b.png')])
    expect(pathsOf(line)).toEqual(['a.pdf', 'ü/b.png'])
    expect(pathsOf(lineOf([block('document', 'a.pdf'), block('document', 'a.pdf')]))).toEqual([
      'a.pdf',
    ])
    expect(pathsOf(lineOf('path'))).toEqual([])
  })

  test('has the hash of its params and not of its paths', () => {
    const one = rowOf([block('document', 'a.pdf')])
    const moved = rowOf([block('document', 'b.pdf')], new Map([['b.pdf', PDF]]))
    const changed = fileOf('application/pdf', encoder.encode('%PDF-1.4 two'))
    const other = rowOf([block('document', 'a.pdf')], new Map([['a.pdf', changed]]))
    expect(moved.paramsHash).toEqual(one.paramsHash)
    expect(other.paramsHash).not.toEqual(one.paramsHash)
  })

  test('is the same row when its base64 stands in the body', () => {
    const apart = rowOf([block('document', 'a.pdf')])
    const inline = new IntakeRowMaker({ hash128 }).toIntakeRow(
      lineOf([block('document', 'a.pdf')]),
      {
        byPath: FILES,
        isInline: true,
      },
    )
    expect(Buffer.from(inline.body).toString('utf8')).toBe(sentText(apart))
    expect(inline.blobs).toBeUndefined()
    expect(inline.itemBytes).toBe(apart.itemBytes)
    expect(inline.paramsHash).toEqual(apart.paramsHash)
  })

  test('comes from a program as from a line', () => {
    const params = {
      model: 'm',
      messages: [{ role: 'user', content: [block('document', 'a.pdf')] }],
      max_tokens: 9,
    }
    const maker = new IntakeRowMaker({ hash128 })
    const row = maker.intakeRowOf({ key: 'k', params }, null, undefined, { byPath: FILES })
    expect(row.paramsHash).toEqual(rowOf([block('document', 'a.pdf')]).paramsHash)
    expect(refusalOf(() => maker.intakeRowOf({ key: 'k', params })).rule).toBe('path_not_taken')
  })

  test('is too large by its length on the wire', () => {
    const large = fileOf('application/pdf', encoder.encode('%PDF-'.padEnd(24_000_000)))
    const files = new Map([['a.pdf', large]])
    const error = refusalOf(() => rowOf([block('document', 'a.pdf')], files))
    expect(error.rule).toBe('item_too_large')
  })

  test('takes another max_tokens and keeps its marks', () => {
    const { body } = rowOf([block('document', 'a.pdf')])
    const changed = withMaxTokens(body, 77) ?? expect.fail('no max_tokens')
    expect([...blobMarksOf(changed)].map(({ hash }) => hash)).toEqual([PDF.hash])
    expect(Buffer.from(changed).toString('latin1')).toBe(
      Buffer.from(body).toString('latin1').replace('"max_tokens":9', '"max_tokens":77'),
    )
  })

  test('is nothing wrong with an envelope, where a broken byte is', () => {
    const { body } = rowOf([block('document', 'a.pdf')])
    expect(envelopeFaultOf({ prefix: null, body })).toBeNull()
    const broken = body.slice()
    broken[1] = 0xff
    expect(envelopeFaultOf({ prefix: null, body: broken })).toBe('not_utf8')
  })

  test('is estimated by its files and not as text', () => {
    const { body, prefix } = rowOf([block('document', 'a.pdf'), block('image', 'ü/b.png')])
    expect(promptContentOf({ prefix, body })).toMatchObject({
      encodedBytes: 16 + 12,
      documents: 1,
      images: 1,
      fetches: false,
    })
  })
})

test('a file is what it begins with, whatever it is called', () => {
  const text = (value: string) => encoder.encode(value)
  expect(mediaTypeOf(PDF.bytes)).toBe('application/pdf')
  expect(mediaTypeOf(PNG.bytes)).toBe('image/png')
  expect(mediaTypeOf(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toBe('image/jpeg')
  expect(mediaTypeOf(text('GIF89a...'))).toBe('image/gif')
  expect(mediaTypeOf(text('GIF87a...'))).toBe('image/gif')
  expect(mediaTypeOf(text('RIFF\0\0\0\0WEBPVP8 '))).toBe('image/webp')
  for (const other of ['', 'RIFF\0\0\0\0WAVE', 'GIF88a', ' %PDF-1.4', '\x89PNG']) {
    expect(mediaTypeOf(text(other))).toBeNull()
  }
})
