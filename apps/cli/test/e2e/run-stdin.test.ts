import { openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type Ended,
  halfrate,
  requests,
  startHalfrate,
  startTestEmulator,
  writeInput,
} from '../support/cli.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const linesOf = (count: number): string =>
  requests(count)
    .map((each) => `${JSON.stringify(each)}\n`)
    .join('')

async function piped(text: string, args: readonly string[], cwd: string): Promise<Ended> {
  const { child, ended } = startHalfrate(args, { cwd, stdin: 'pipe' })
  // A command that refuses its input may be gone before it is written.
  child.stdin?.on('error', () => undefined).end(text)
  return ended
}

describe('halfrate run -', () => {
  test('answers what a pipe brings, under the name of the output, and leaves no copy', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const args = ['run', '-', '-o', 'claims.jsonl', ...claude.flags]
    const { code, stderr } = await piped(linesOf(12), args, folder)
    expect(code, stderr).toBe(0)
    const rows = readFileSync(join(folder, 'claims.jsonl'), 'utf8').trimEnd().split('\n')
    expect(rows.map((row) => JSON.parse(row).key)).toEqual(
      Array.from({ length: 12 }, (_, index) => `r${index + 1}`),
    )
    expect(stderr).toContain('job claims: 12 rows, all new')
    const left = readdirSync(folder).filter((name) => !name.startsWith('halfrate.db-'))
    expect(left.sort()).toEqual(['claims.jsonl', 'halfrate.db'])
  })

  test('knows the same input again after kill -9, and sends nothing twice', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const args = ['run', '-', '-o', 'out.jsonl', '--job', 'claims', ...claude.flags]
    const diesSaying = /job claims: 5 rows, all new/
    const first = startHalfrate(args, { cwd: folder, stdin: 'pipe', diesSaying })
    first.child.stdin?.end(linesOf(5))
    expect((await first.ended).code).toBeNull()
    const again = await piped(linesOf(5), args, folder)
    expect(again.code, again.stderr).toBe(0)
    expect(again.stderr).toContain('job claims: 5 rows, taken in before; going on')
    expect(await claude.ledger('posts')).toHaveLength(1)
  })

  test('ends when it is interrupted while more may come, and takes nothing in', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const args = ['run', '-', '-o', 'out.jsonl', ...claude.flags]
    const { child, ended, said } = startHalfrate(args, { cwd: folder, stdin: 'pipe' })
    child.stdin?.on('error', () => undefined).write(linesOf(3))
    await said(/store /)
    child.kill('SIGINT')
    const { code, stderr } = await ended
    expect(code, stderr).toBe(130)
    expect(stderr).toContain('nothing was sent')
    expect(stderr).not.toContain('under way')
    expect(stderr).toMatch(/… \| .*run - -o out\.jsonl/)
    const status = await halfrate(['status'], { cwd: folder })
    expect(status.stdout).not.toContain('job out')
  })

  test('wants a name for the job when neither side has one', async () => {
    const { code, stderr } = await piped(linesOf(1), ['run', '-', '-o', '-'], temporaryFolder())
    expect(code).toBe(1)
    expect(stderr).toContain('--job: expected the name of a job')
  })

  test('refuses an empty input', async () => {
    const args = ['run', '-', '-o', 'out.jsonl']
    const { code, stderr } = await piped('', args, temporaryFolder())
    expect(code).toBe(1)
    expect(stderr).toContain('stdin: expected at least one request, got an empty input.')
  })

  test('names the line that it refuses, and an output that is its input', async () => {
    const folder = temporaryFolder()
    const bad = await piped(`${linesOf(1)}{"key": 1}\n`, ['run', '-', '-o', 'out.jsonl'], folder)
    expect(bad.code).toBe(1)
    expect(bad.stderr).toContain('stdin:2')
    const input = writeInput(folder, requests(1))
    const stdin = openSync(join(folder, input), 'r')
    const same = await halfrate(['run', '-', '-o', input], { cwd: folder, stdin })
    expect(same.code).toBe(1)
    expect(same.stderr).toContain('it is the input file')
  })
})
