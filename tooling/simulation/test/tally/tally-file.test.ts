import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TallyFile, type TallyHead } from '../../src/tally/tally-file.js'

interface Block {
  readonly n: number
}

const HEAD: TallyHead = {
  tally: 'simulate',
  commit: 'a1b2c3',
  flags: { store: 'memory', seed: 1, plant: null },
}

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfrate-tally-'))
  path = join(folder, 'tally.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

function add(...blocks: readonly number[]): readonly Block[] {
  using file = TallyFile.open<Block>(path, HEAD)
  for (const n of blocks) file.append({ n })
  return file.blocks
}

describe('a file of sums', () => {
  it('goes on with the blocks that were done before', () => {
    expect(add(1, 2)).toEqual([])
    expect(add(3)).toEqual([{ n: 1 }, { n: 2 }])
    const { head, blocks } = TallyFile.read<Block>(path, 'simulate')
    expect(head).toEqual(HEAD)
    expect(blocks).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  })

  it('leaves out a block that was only half written, and writes the next one after the others', () => {
    add(1)
    appendFileSync(path, '{"n":')
    expect(TallyFile.read<Block>(path, 'simulate').blocks).toEqual([{ n: 1 }])
    expect(add(2)).toEqual([{ n: 1 }])
    expect(TallyFile.read<Block>(path, 'simulate').blocks).toEqual([{ n: 1 }, { n: 2 }])
  })

  it('begins anew where only half a head was written', () => {
    writeFileSync(path, '{"tally":"simu')
    expect(add(1)).toEqual([])
    expect(TallyFile.read<Block>(path, 'simulate').blocks).toEqual([{ n: 1 }])
  })

  it('refuses another commit and other flags, and says which', () => {
    add(1)
    const other = (over: Partial<TallyHead>) => (): unknown =>
      TallyFile.open(path, { ...HEAD, ...over })
    expect(other({ commit: 'd4e5f6' })).toThrow('sums up commit a1b2c3, and this is d4e5f6')
    expect(other({ flags: { ...HEAD.flags, store: 'sqlite' } })).toThrow(
      'was begun with --store memory --seed 1, and this is --store sqlite --seed 1',
    )
    expect(other({ tally: 'killtest' })).toThrow('holds no sums of killtest')
  })

  it('leaves a file as it is that is something else', () => {
    for (const content of ['a letter', 'a letter\n', '{"tally":"other"}\n', '[1]\n{"n":1}']) {
      writeFileSync(path, content)
      expect(() => add(1)).toThrow(/no sums of simulate|is no JSON/)
      expect(readFileSync(path, 'utf8')).toBe(content)
    }
    expect(() => TallyFile.read(join(folder, 'none'), 'simulate')).toThrow('no such file')
  })

  it('keeps every block that its process was told of before it was killed', async () => {
    const module = new URL('../../dist/tally/tally-file.js', import.meta.url).href
    const script = `
      const { TallyFile } = await import(${JSON.stringify(module)})
      const file = TallyFile.open(${JSON.stringify(path)}, ${JSON.stringify(HEAD)})
      for (let n = 1; ; n += 1) {
        file.append({ n, more: 'x'.repeat(100_000) })
        process.stdout.write(n + '\\n')
      }`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    let told = 0
    for await (const line of createInterface({ input: child.stdout })) {
      told = Number(line)
      if (told === 20) child.kill('SIGKILL')
    }
    await exited
    const done = add()
    expect(done.length).toBeGreaterThanOrEqual(told)
    expect(done.map(({ n }) => n)).toEqual(done.map((_, index) => index + 1))
  })
})
