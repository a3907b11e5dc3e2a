import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  halfrate,
  requests,
  SPAN,
  startHalfrate,
  startTestEmulator,
  writeInput,
} from '../support/cli.js'
import { startHoldingProxy } from '../support/holding-proxy.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const rowsOf = (folder: string, name = 'out.jsonl'): readonly Record<string, unknown>[] =>
  readFileSync(join(folder, name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

const keys = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `r${index + 1}`)

describe('halfrate run', () => {
  test('answers every row, in the order of the input, and says what it cost', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const input = writeInput(folder, requests(25))
    const args = ['run', input, '-o', 'out.jsonl', '--batch-size', '10', ...claude.flags]
    const { code, stdout, stderr } = await halfrate(args, { cwd: folder })
    expect(code, stderr).toBe(0)
    const rows = rowsOf(folder)
    expect(rows.map((row) => row.key)).toEqual(keys(25))
    expect(rows.every((row) => row.status === 'succeeded' && row.error === null)).toBe(true)
    expect(rows[0]).toMatchObject({ attempts: 1, cost_usd: expect.stringMatching(/^0\.\d+$/) })
    expect(stderr).toContain(`store ${join(folder, 'halfrate.db')}`)
    expect(stdout).toMatch(new RegExp(`^done in ${SPAN}: 25 usable {8}exit 0\\npaid \\$`))
    expect(stdout).toContain('wrote out.jsonl')
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([])
    // Batches are sent at the same time: which one arrives first is not said.
    const sizes = (await claude.ledger('posts')).map(({ count = 0 }) => count)
    expect(sizes.toSorted((a, b) => b - a)).toEqual([10, 10, 5])
  })

  test('does nothing but write when it is run again', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    const input = writeInput(folder, requests(5))
    const args = ['run', input, '-o', 'out.jsonl', ...claude.flags]
    await halfrate(args, { cwd: folder })
    const again = await halfrate(args, { cwd: folder })
    expect(again.code, again.stderr).toBe(0)
    expect(again.stderr).toContain('job requests: 5 rows, taken in before; going on')
    expect(await claude.ledger('posts')).toHaveLength(1)
  })

  test('goes on after kill -9 where it stopped, and sends nothing twice', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(['--turnaround', '20h'])
    const input = writeInput(folder, requests(30))
    const args = ['run', input, '-o', 'out.jsonl', '--batch-size', '10']
    const diesSaying = /batch 1, 10 rows: at Claude/
    const first = await halfrate([...args, ...claude.flags], { cwd: folder, diesSaying })
    expect(first.code, first.stderr).toBeNull()
    const flags = await claude.advance('21h')
    const second = await halfrate([...args, ...flags], { cwd: folder })
    expect(second.code, second.stderr).toBe(0)
    expect(rowsOf(folder).map((row) => row.key)).toEqual(keys(30))
    const billed = await claude.ledger('rows')
    expect(billed.filter((row) => row.outcome === 'succeeded')).toHaveLength(30)
  })

  test('stops at Ctrl-C, says how to resume, and resumes', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(['--turnaround', '20h'])
    const args = ['run', writeInput(folder, requests(10)), '-o', 'out.jsonl']
    const first = startHalfrate([...args, ...claude.flags], { cwd: folder })
    await first.said(/rows: at Claude/)
    first.child.kill('SIGINT')
    const stopped = await first.ended
    expect(stopped.code).toBe(130)
    expect(stopped.stderr).toContain('interrupted with 10 rows to come')
    expect(stopped.stderr).toMatch(/\n {2}.*main\.js run requests\.jsonl -o out\.jsonl/)
    expect(readdirSync(folder)).not.toContain('out.jsonl')
    const second = await halfrate([...args, ...(await claude.advance('21h'))], { cwd: folder })
    expect(second.code, second.stderr).toBe(0)
    expect(await claude.ledger('posts')).toHaveLength(1)
  })

  test('finds a batch whose answer was lost, instead of sending it again', async () => {
    const folder = temporaryFolder()
    // Lost for long enough to be seen, however busy this machine is.
    const claude = await startTestEmulator(['--turnaround', '1h'])
    await claude.fault([{ op: 'create', loseResponse: true, times: 1 }])
    const input = writeInput(folder, requests(10))
    const args = ['run', input, '-o', 'out.jsonl', ...claude.flags]
    const { code, stderr } = await halfrate(args, { cwd: folder })
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('answer to our send was lost; looking for it')
    expect(await claude.ledger('posts')).toHaveLength(1)
  })

  test('tries rows again that had no answer, and exits 2 when some stay without', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    await claude.fault([
      { op: 'row', outcome: 'errored', error: 'overloaded_error', times: 1 },
      { op: 'row', outcome: 'errored', error: 'invalid_request_error', times: 1 },
      { op: 'row', stopReason: 'max_tokens', times: 1 },
      { op: 'row', stopReason: 'refusal', times: 1 },
      { op: 'row', content: 'empty', times: 1 },
    ])
    const input = writeInput(folder, requests(10))
    const args = ['run', input, '-o', 'out.jsonl', ...claude.flags]
    const { code, stdout, stderr } = await halfrate(args, { cwd: folder })
    expect(code, stderr).toBe(2)
    expect(stdout).toMatch(
      /6 usable · 1 cut off \(max_tokens\) · 1 refused · 1 empty · 1 failed {8}exit 2/,
    )
    expect(stdout).toMatch(/next: halfrate why r\d+ --job requests/)
    const failed = rowsOf(folder).filter((row) => row.status === 'failed')
    expect(failed.map((row) => (row.error as { code: string }).code).sort()).toEqual([
      'cut_off',
      'empty',
      'errored',
      'refused',
    ])
  })

  test('takes over from a worker that lives, once it stops, and does not work beside it', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator()
    // The first one lives for as long as the answer to its send is awaited.
    const proxy = await startHoldingProxy(claude.flags)
    writeInput(folder, requests(5), 'one.jsonl')
    writeInput(folder, requests(5), 'two.jsonl')
    const first = startHalfrate(['run', 'one.jsonl', '-o', 'one.out', ...proxy.flags], {
      cwd: folder,
    })
    await proxy.sendUnderWay
    const second = startHalfrate(['run', 'two.jsonl', '-o', 'two.out', ...claude.flags], {
      cwd: folder,
    })
    await second.said(/another worker \(process \d+ on .+\) does the work; waiting for it/)
    proxy.letGo()
    const [one, two] = await Promise.all([first.ended, second.ended])
    expect([one.code, two.code], one.stderr + two.stderr).toEqual([0, 0])
    expect(await claude.ledger('posts')).toHaveLength(2)
  })
})
