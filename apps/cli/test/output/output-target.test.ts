import { chmodSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OutputError } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { openInputFile } from '../../src/input/input-file.js'
import { openOutputTarget } from '../../src/output/output-target.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const NONE = { inputIdentities: new Set<string>(), store: '/nowhere/halfrate.db' }

describe('an output', () => {
  test('that can be written leaves nothing behind when it is looked at', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'out.jsonl')
    const target = await openOutputTarget(path, NONE)
    expect(target).toMatchObject({ type: 'file', name: path, mode: null })
    expect(readdirSync(folder)).toEqual([])
  })

  test('- is standard output', async () => {
    expect(await openOutputTarget('-', NONE)).toEqual({ type: 'stdout' })
  })

  test('in a folder that is not there is refused', async () => {
    const path = join(temporaryFolder(), 'no/out.jsonl')
    await expect(openOutputTarget(path, NONE)).rejects.toThrow(
      `-o ${path}: its folder does not exist.`,
    )
    await expect(openOutputTarget(path, NONE)).rejects.toBeInstanceOf(OutputError)
  })

  test('that is a directory is refused', async () => {
    const folder = temporaryFolder()
    await expect(openOutputTarget(folder, NONE)).rejects.toThrow(`-o ${folder}: it is a directory.`)
  })

  test('that is the input under another name is refused', async () => {
    const folder = temporaryFolder()
    const input = join(folder, 'in.jsonl')
    writeFileSync(input, '{}\n')
    linkSync(input, join(folder, 'hard.jsonl'))
    symlinkSync(input, join(folder, 'soft.jsonl'))
    const { identity } = await openInputFile(input)
    for (const name of ['in.jsonl', 'hard.jsonl', 'soft.jsonl']) {
      const output = openOutputTarget(join(folder, name), {
        ...NONE,
        inputIdentities: new Set([identity]),
      })
      await expect(output).rejects.toThrow('it is the input file')
    }
  })

  test('behind a link replaces what the link leads to', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'real'))
    writeFileSync(join(folder, 'real/out.jsonl'), 'old\n')
    symlinkSync(join(folder, 'real/out.jsonl'), join(folder, 'out.jsonl'))
    const target = await openOutputTarget(join(folder, 'out.jsonl'), NONE)
    expect(target).toMatchObject({ type: 'file', path: join(folder, 'real/out.jsonl') })
  })

  test('that is a pipe or a device is written straight, never renamed over', async () => {
    expect(await openOutputTarget('/dev/null', NONE)).toMatchObject({ type: 'device' })
  })

  test('that is the store, or belongs to it, is refused before and after the store is made', async () => {
    const folder = temporaryFolder()
    const store = join(folder, 'halfrate.db')
    symlinkSync(store, join(folder, 'link.db'))
    const look = async (name: string): Promise<void> => {
      const target = openOutputTarget(join(folder, name), { ...NONE, store })
      await expect(target).rejects.toThrow('it is the store')
    }
    await look('halfrate.db')
    writeFileSync(store, 'a store')
    for (const name of ['halfrate.db', 'halfrate.db-wal', 'link.db']) await look(name)
  })

  test('of /dev/stdout is standard output, which is not replaced by a file', async () => {
    expect(await openOutputTarget('/dev/stdout', NONE)).toEqual({ type: 'stdout' })
  })

  test('in a file, or without a name, is refused', async () => {
    const path = join(temporaryFolder(), 'file')
    writeFileSync(path, '')
    await expect(openOutputTarget(`${path}/out.jsonl`, NONE)).rejects.toThrow('not a folder')
    await expect(openOutputTarget('', NONE)).rejects.toThrow('it has no name')
  })

  test('leaves the half written file of a living process alone, and removes that of a dead one', async () => {
    const folder = temporaryFolder()
    for (const name of ['out.jsonl.partial', `out.jsonl.${process.ppid}.partial`]) {
      writeFileSync(join(folder, name), 'kept')
    }
    writeFileSync(join(folder, 'out.jsonl.4194305.partial'), 'of nobody')
    await openOutputTarget(join(folder, 'out.jsonl'), NONE)
    expect(readdirSync(folder).sort()).toEqual([
      `out.jsonl.${process.ppid}.partial`,
      'out.jsonl.partial',
    ])
  })

  test('that replaces a file has its permissions', async () => {
    const path = join(temporaryFolder(), 'out.jsonl')
    writeFileSync(path, 'old\n')
    chmodSync(path, 0o600)
    expect(await openOutputTarget(path, NONE)).toMatchObject({ mode: 0o600 })
  })
})
