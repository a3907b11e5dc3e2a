import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, InvalidInputError } from '@halfrate/core'
import type { NewRequest } from '@halfrate/core/intake'
import type { Emulator } from '@halfrate/emulator'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RowsChangedError } from '../../src/index.js'
import { openAt, startClaude, textsOf } from './open-jobs.js'

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n')
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

function folderWith(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-files-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'in'))
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes)
  return folder
}

interface Sent {
  readonly type: string
  readonly source?: { readonly media_type: string; readonly data: string }
}

/** A provider that answers with what it was sent: for each block its type, or the media type and digest of its bytes. */
async function startReader(): Promise<Emulator> {
  const claude = await startClaude()
  claude.reply(({ params }) => {
    const [first] = params.messages as unknown as { readonly content: readonly Sent[] }[]
    return (first?.content ?? []).map(wordOf).join(' ')
  })
  return claude
}

function wordOf({ type, source }: Sent): string {
  if (source === undefined) return type
  return `${source.media_type}:${digestOf(Buffer.from(source.data, 'base64'))}`
}

const digestOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex').slice(0, 8)

const TEXT = { type: 'text', text: 'What is it?' }
const pathOf = (path: string, type = 'document') => ({ type, source: { type: 'path', path } })

function rowOf(key: string, ...blocks: readonly object[]): NewRequest {
  const messages = [{ role: 'user', content: [...blocks, TEXT] }]
  return { key, params: { model: 'claude-haiku-4-5', max_tokens: 300, messages } }
}

describe('files of a program', () => {
  test('are read from the folder that it names, and sent as base64', async () => {
    const folder = folderWith({ 'in/a.pdf': PDF, 'b.png': PNG })
    await using claude = await startReader()
    await using half = await openAt(claude)
    const bytes = { type: 'image', source: { type: 'bytes', data: PNG } }
    const told = { type: 'bytes', data: new Uint8Array(PDF), media_type: 'application/pdf' }
    const rows = [
      rowOf('path', pathOf('in/a.pdf')),
      rowOf('both', pathOf('b.png', 'image'), pathOf('in/a.pdf'), pathOf('in/a.pdf')),
      rowOf('bytes', bytes, { type: 'document', source: told }),
    ]
    const job = await half.run('one', rows, { filesFrom: folder })
    const pdf = `application/pdf:${digestOf(PDF)}`
    const png = `image/png:${digestOf(PNG)}`
    expect(await textsOf(job.results())).toEqual({
      path: `${pdf} text`,
      both: `${png} ${pdf} ${pdf} text`,
      bytes: `${png} ${pdf} text`,
    })
    const { models } = await half.estimate(rows, { filesFrom: folder })
    expect(models[0]?.rows).toBe(3)
  })

  test('count by their content: the same is the same request, a changed one is another', async () => {
    const folder = folderWith({ 'a.pdf': PDF, 'copy.pdf': PDF })
    await using claude = await startReader()
    await using half = await openAt(claude)
    const options = { filesFrom: folder }
    await (await half.run('one', [rowOf('a', pathOf('a.pdf'))], options)).wait()
    const bytes = { type: 'document', source: { type: 'bytes', data: PDF } }
    for (const same of [pathOf('copy.pdf'), bytes]) {
      expect((await half.run('one', [rowOf('a', same)], options)).rowCount).toBe(1)
    }
    expect(claude.ledger.billed()).toHaveLength(1)
    writeFileSync(join(folder, 'a.pdf'), `${PDF}changed`)
    const changed = half.run('one', [rowOf('a', pathOf('a.pdf'))], options)
    await expect(changed).rejects.toBeInstanceOf(RowsChangedError)
  })

  test('can be gone and changed as soon as they were taken in', async () => {
    const folder = folderWith({ 'a.pdf': PDF })
    await using claude = await startReader()
    await using half = await openAt(claude)
    const data = new Uint8Array(PNG)
    const rows = [
      rowOf('a', pathOf('a.pdf')),
      rowOf('b', { type: 'image', source: { type: 'bytes', data } }),
    ]
    const job = await half.run('one', rows, { filesFrom: folder, start: false })
    rmSync(join(folder, 'a.pdf'))
    data.fill(0)
    await half.start()
    expect(await textsOf(job.results())).toEqual({
      a: `application/pdf:${digestOf(PDF)} text`,
      b: `image/png:${digestOf(PNG)} text`,
    })
  })

  test('are queued one by one as well', async () => {
    const folder = folderWith({ 'a.pdf': PDF })
    await using claude = await startReader()
    await using half = await openAt(claude)
    const queue = half.queue('scans', { flush: { count: 1, bytes: 1_000_000, ageMs: 0 } })
    const request = rowOf('a', pathOf('a.pdf'))
    expect(await queue.enqueue(request, { filesFrom: folder })).toMatchObject({ isNew: true })
    expect(await queue.enqueue(request, { filesFrom: folder })).toMatchObject({ isNew: false })
    await expect(queue.enqueue(request)).rejects.toMatchObject({ rule: 'path_not_taken' })
  })
})

describe('what is no file of a program', () => {
  const folder = () =>
    folderWith({ 'in/a.pdf': PDF, 'b.pdf': PDF, 'in/c.txt': 'words', 'in/d.pdf': '' })

  test.each([
    ['a path out of the folder', pathOf('../b.pdf'), 'file_outside'],
    ['a link out of the folder', pathOf('link.pdf'), 'file_outside'],
    ['a path from the root', pathOf('/etc/hostname'), 'file_outside'],
    ['a path to nothing', pathOf('no.pdf'), 'file_not_found'],
    ['a folder', pathOf('.'), 'file_outside'],
    ['a text', pathOf('c.txt'), 'file_type_unknown'],
    ['an empty file', pathOf('d.pdf'), 'file_empty'],
    [
      'bytes that are none',
      { type: 'image', source: { type: 'bytes', data: 'x' } },
      'file_unreadable',
    ],
    [
      'bytes of another type than is said',
      { type: 'image', source: { type: 'bytes', data: PNG, media_type: 'image/gif' } },
      'file_type_unknown',
    ],
    ['a PDF as a picture', pathOf('a.pdf', 'image'), 'invalid_source'],
  ])('%s is refused, and nothing is stored', async (_what, block, rule) => {
    const place = folder()
    symlinkSync(join(place, 'b.pdf'), join(place, 'in/link.pdf'))
    await using claude = await startReader()
    await using half = await openAt(claude)
    const rows = [rowOf('good', pathOf('a.pdf')), rowOf('bad', block)]
    const run = half.run('one', rows, { filesFrom: join(place, 'in'), start: false })
    const error = await run.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(InvalidInputError)
    expect(error).toMatchObject({ rule, place: { line: 2 } })
    await expect(half.job('one')).rejects.toBeInstanceOf(ConfigError)
  })

  test('is a path where no folder was named: what came from elsewhere reads nothing here', async () => {
    await using claude = await startReader()
    await using half = await openAt(claude)
    const run = half.run('one', [rowOf('a', pathOf(join(folder(), 'b.pdf')))], { start: false })
    const error = await run.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ rule: 'path_not_taken' })
    expect((error as InvalidInputError).nextStep).toContain('filesFrom')
  })

  test('is a folder that is not there', async () => {
    await using claude = await startReader()
    await using half = await openAt(claude)
    const filesFrom = join(folder(), 'nowhere')
    const run = half.run('one', [rowOf('a', pathOf('a.pdf'))], { filesFrom, start: false })
    await expect(run).rejects.toBeInstanceOf(ConfigError)
  })
})
