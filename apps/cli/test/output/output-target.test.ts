import { linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OutputError } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { openInputFile } from '../../src/input/input-file.js'
import { openOutputTarget } from '../../src/output/output-target.js'
import { temporaryFolder } from '../support/temporary-folder.js'

describe('an output', () => {
  test('that can be written leaves nothing behind when it is looked at', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'out.jsonl')
    const target = await openOutputTarget(path, null)
    expect(target).toMatchObject({ type: 'file', name: path, partialPath: `${path}.partial` })
    expect(readdirSync(folder)).toEqual([])
  })

  test('- is standard output', async () => {
    expect(await openOutputTarget('-', null)).toEqual({ type: 'stdout' })
  })

  test('in a folder that is not there is refused', async () => {
    const path = join(temporaryFolder(), 'no/out.jsonl')
    await expect(openOutputTarget(path, null)).rejects.toThrow(
      `-o ${path}: its folder does not exist.`,
    )
    await expect(openOutputTarget(path, null)).rejects.toBeInstanceOf(OutputError)
  })

  test('that is a directory is refused', async () => {
    const folder = temporaryFolder()
    await expect(openOutputTarget(folder, null)).rejects.toThrow(`-o ${folder}: it is a directory.`)
  })

  test('that is the input under another name is refused', async () => {
    const folder = temporaryFolder()
    const input = join(folder, 'in.jsonl')
    writeFileSync(input, '{}\n')
    linkSync(input, join(folder, 'hard.jsonl'))
    symlinkSync(input, join(folder, 'soft.jsonl'))
    const { identity } = await openInputFile(input)
    for (const name of ['in.jsonl', 'hard.jsonl', 'soft.jsonl']) {
      const output = openOutputTarget(join(folder, name), identity)
      await expect(output).rejects.toThrow('it is the input file')
    }
  })

  test('behind a link replaces what the link leads to', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'real'))
    writeFileSync(join(folder, 'real/out.jsonl'), 'old\n')
    symlinkSync(join(folder, 'real/out.jsonl'), join(folder, 'out.jsonl'))
    const target = await openOutputTarget(join(folder, 'out.jsonl'), null)
    expect(target).toMatchObject({ type: 'file', path: join(folder, 'real/out.jsonl') })
  })

  test('that is a pipe or a device is written straight, never renamed over', async () => {
    expect(await openOutputTarget('/dev/null', null)).toMatchObject({ type: 'device' })
  })
})
