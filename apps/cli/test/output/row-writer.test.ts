import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openOutputTarget } from '../../src/output/output-target.js'
import { openRowWriter } from '../../src/output/row-writer.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const NONE = { inputIdentities: new Set<string>(), store: '/nowhere/halfrate.db' }

describe('a written output', () => {
  test('appears whole and only at the end', async () => {
    const path = join(temporaryFolder(), 'out.jsonl')
    const writer = await openRowWriter(await openOutputTarget(path, NONE))
    const row = bytes(`"${'x'.repeat(100_000)}"`)
    for (let count = 0; count < 5; count += 1) await writer.write(row)
    expect(existsSync(path)).toBe(false)
    await writer.finish()
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(6)
    expect(readdirSync(join(path, '..'))).toEqual(['out.jsonl'])
  })

  test('is as private as the file that it replaces', async () => {
    const path = join(temporaryFolder(), 'out.jsonl')
    writeFileSync(path, 'old\n')
    chmodSync(path, 0o600)
    const writer = await openRowWriter(await openOutputTarget(path, NONE))
    await writer.write(bytes('new'))
    await writer.finish()
    expect(readFileSync(path, 'utf8')).toBe('new\n')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('that is abandoned leaves the old file as it was', async () => {
    const path = join(temporaryFolder(), 'out.jsonl')
    writeFileSync(path, 'old\n')
    const writer = await openRowWriter(await openOutputTarget(path, NONE))
    await writer.write(bytes('new'))
    await writer.abandon()
    expect(readFileSync(path, 'utf8')).toBe('old\n')
    expect(readdirSync(join(path, '..'))).toEqual(['out.jsonl'])
  })

  test.runIf(existsSync('/dev/full'))('says so when the disk is full', async () => {
    const writer = await openRowWriter(await openOutputTarget('/dev/full', NONE))
    await writer.write(bytes('row'))
    await expect(writer.finish()).rejects.toThrow('-o /dev/full: the disk is full.')
  })
})
