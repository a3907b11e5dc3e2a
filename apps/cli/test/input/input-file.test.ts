import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { digestOf, jobNameOf, openInputFile } from '../../src/input/input-file.js'
import { temporaryFolder } from '../support/temporary-folder.js'

describe('an input', () => {
  test('that is not there, a directory, empty or no file is refused by name', async () => {
    const folder = temporaryFolder()
    const empty = join(folder, 'empty.jsonl')
    writeFileSync(empty, '')
    const refused = (path: string): Promise<unknown> => openInputFile(path)
    await expect(refused(join(folder, 'no.jsonl'))).rejects.toThrow(
      `${folder}/no.jsonl: there is no such file.`,
    )
    await expect(refused(folder)).rejects.toThrow(`${folder}: expected a file, got a directory.`)
    await expect(refused(empty)).rejects.toThrow(
      `${empty}: expected at least one request, got an empty file.`,
    )
    await expect(refused('/dev/null')).rejects.toThrow(
      '/dev/null: expected a file, got a pipe or a device.',
    )
  })

  test('is known again by its SHA-256', async () => {
    const path = join(temporaryFolder(), 'in.jsonl')
    writeFileSync(path, 'x'.repeat(1_000_000))
    const digest = createHash('sha256').update('x'.repeat(1_000_000)).digest('hex')
    expect(await digestOf(await openInputFile(path))).toBe(digest)
  })
})

test('a job is named after its file, without folder and last ending', () => {
  const names = ['a/claims.jsonl', 'claims.2026.jsonl', '.hidden', 'claims', 'a b.ndjson']
  expect(names.map(jobNameOf)).toEqual(['claims', 'claims.2026', '.hidden', 'claims', 'a b'])
})
