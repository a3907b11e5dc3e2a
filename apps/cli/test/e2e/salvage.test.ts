import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { halfrate, requests, startHalfrate, startTestEmulator, writeInput } from '../support/cli.js'
import { act, rowsOf, salvage, sendAndLose } from '../support/lost-store.js'
import { postBatch } from '../support/post-batch.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const LONG = ['--turnaround', '20h']
const OUT = 'salvaged.jsonl'

function read(folder: string): string {
  return readFileSync(join(folder, OUT), 'utf8')
}

describe('a store that was lost after it had sent', () => {
  test('has its results written in the order of its input, as often as it is asked for, with nothing sent', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    const rows = Array.from({ length: 12 }, (_, row) => `Answer number ${row}`)
    const input = rows.map((content, row) => ({
      key: `r${row}`,
      params: {
        model: 'claude-haiku-4-5',
        max_tokens: 50,
        messages: [{ role: 'user', content }],
      },
    }))
    const sent = await sendAndLose(folder, claude, writeInput(folder, input))
    expect(sent.code, sent.stderr).toBe(0)
    const posts = (await claude.ledger('posts')).length
    await act(claude, 'advance', { by: '21h' })

    const first = await salvage(folder, claude, '-o', OUT)
    expect(first.code, first.stderr).toBe(0)
    expect(first.stdout).toBe('')
    expect(first.stderr).toContain(`wrote 12 rows to ${OUT}; $0.0`)
    expect(first.stderr).toContain(
      'key not known: 12 have nothing of it in their ids; they stand in the order of their intake',
    )
    const written = read(folder)
    const salvaged = rowsOf(written)
    expect(salvaged.map(({ text }) => text?.match(/Answer number \d+/)?.[0])).toEqual(rows)
    expect(salvaged[0]).toMatchObject({
      ...{ key: null, key_from: null, status: 'succeeded', error: null, result: 1, results: 1 },
      cost_usd: expect.stringMatching(/^0\.0\d+$/),
    })

    const again = await salvage(folder, claude, '-o', OUT)
    expect(again.code, again.stderr).toBe(0)
    expect(read(folder)).toBe(written)
    expect(await claude.ledger('posts')).toHaveLength(posts)
    expect(existsSync(join(folder, 'halfrate.db'))).toBe(false)
    expect(readdirSync(folder).sort()).toEqual(['requests.jsonl', OUT])
  })

  test('is told which batches have not ended, and what to type then', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    await sendAndLose(folder, claude, writeInput(folder, requests(3)))
    const early = await salvage(folder, claude, '-o', OUT)
    expect(early.code).toBe(2)
    expect(early.stderr).toMatch(/: 0 of Halfrate, 1 not ended\n/)
    expect(early.stderr).toContain(`nothing to write to ${OUT}\n`)
    expect(early.stderr).toMatch(/msgbatch_\w+: 3 requests, ends by (tomorrow )?\d\d:\d\d\n/)
    expect(early.stderr).toMatch(/then again: .*main\.js salvage -o salvaged\.jsonl --base-url /)
    expect(existsSync(join(folder, OUT))).toBe(false)
    await act(claude, 'advance', { by: '21h' })
    expect((await salvage(folder, claude, '-o', OUT)).code).toBe(0)
    expect(rowsOf(read(folder))).toHaveLength(3)
  })

  test('leaves batches of other programs alone, of which it reads no more than shows whose they are', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    await sendAndLose(folder, claude, writeInput(folder, requests(2)))
    await act(claude, 'foreign', { count: 40 })
    await postBatch(claude, { 'theirs-1': 'hi', h1nothing: 'hi' })
    await act(claude, 'advance', { by: '24h' })
    const { code, stderr } = await salvage(folder, claude, '-o', OUT)
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('1 of Halfrate, 2 of other programs (left alone)')
    expect(rowsOf(read(folder))).toHaveLength(2)
  })

  test('has rows that failed beside those that did not, and says so by its exit code', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    await claude.fault([
      { op: 'row', outcome: 'errored', error: 'invalid_request_error', times: 1 },
      { op: 'row', stopReason: 'max_tokens', times: 1 },
    ])
    await sendAndLose(folder, claude, writeInput(folder, requests(3)))
    await act(claude, 'advance', { by: '21h' })
    const { code, stderr } = await salvage(folder, claude, '-o', OUT)
    expect(code).toBe(2)
    expect(stderr).toContain('2 without a usable answer: error says why')
    const codes = rowsOf(read(folder)).map(({ error }) => error?.code ?? 'usable')
    expect(codes.sort()).toEqual(['cut_off', 'errored', 'usable'])
  })
})

describe('results that can’t be had', () => {
  test('of a batch that was deleted are said to be gone, and a file that has them stays', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    await sendAndLose(folder, claude, writeInput(folder, requests(2)))
    await sendAndLose(folder, claude, writeInput(folder, requests(3), 'more.jsonl'))
    await act(claude, 'advance', { by: '21h' })
    expect((await salvage(folder, claude, '-o', OUT)).code).toBe(0)
    const before = read(folder)
    const id = rowsOf(before)[0]?.batch_id ?? ''
    await act(claude, 'delete', { id })

    const gone = await salvage(folder, claude, '-o', 'one.jsonl', '--batch', id)
    expect(gone.code).toBe(2)
    expect(gone.stderr).toContain('1 batch')
    expect(gone.stderr).toContain(`${id}: not there: `)
    expect(existsSync(join(folder, 'one.jsonl'))).toBe(false)

    const fewer = await salvage(folder, claude, '-o', OUT)
    expect(fewer.code).toBe(1)
    expect(fewer.stderr).toContain(`did not write 3 rows to ${OUT}; `)
    expect(fewer.stderr).toContain(
      `-o ${OUT}: it has 2 rows of ${id}, and this time there are none.\n  It was left as it is. Name another file with -o.   (code output)`,
    )
    expect(read(folder)).toBe(before)
    const other = await salvage(folder, claude, '-o', 'rest.jsonl')
    expect(other.code, other.stderr).toBe(0)
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  })

  test('of batches older than 29 days are passed over, which is said', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    await sendAndLose(folder, claude, writeInput(folder, requests(2)))
    await act(claude, 'advance', { by: '30d' })
    const usual = await salvage(folder, claude, '-o', OUT)
    expect(usual.code).toBe(2)
    expect(usual.stderr).toContain('older ones are past the 29 days for which Claude keeps results')
    const asked = await salvage(folder, claude, '-o', OUT, '--since', '2026-01-01')
    expect(asked.code).toBe(2)
    expect(asked.stderr).toContain('not there: Claude keeps results for 29 days')
  })

  test('because of a broken line are read again, and counted when they stay away', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    await sendAndLose(folder, claude, writeInput(folder, requests(4)))
    await act(claude, 'advance', { by: '21h' })
    await claude.fault([{ op: 'results', malformedLines: 1, omitLines: 1, times: 3 }])
    const short = await salvage(folder, claude, '-o', OUT)
    expect(short.code).toBe(2)
    expect(short.stderr).toContain('1 of its 4 results could not be read (1 broken line)')
    expect(rowsOf(read(folder))).toHaveLength(3)
    await claude.fault([{ op: 'results', cut: 'mid_line', times: 1 }])
    const healed = await salvage(folder, claude, '-o', OUT)
    expect(healed.code, healed.stderr).toBe(0)
    expect(rowsOf(read(folder))).toHaveLength(4)
  })

  test('at once, because Claude is busy, are asked for again', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    await sendAndLose(folder, claude, writeInput(folder, requests(2)))
    await act(claude, 'advance', { by: '21h' })
    await claude.fault([
      { op: 'list', error: 'overloaded', afterTimes: 1, times: 1 },
      { op: 'results', error: 'api_error', times: 1 },
    ])
    expect((await salvage(folder, claude, '-o', OUT)).code).toBe(0)
  })

  test('at all are named, and the same command is to be tried later', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    await sendAndLose(folder, claude, writeInput(folder, requests(2)))
    await act(claude, 'advance', { by: '21h' })
    await claude.fault([{ op: 'results', error: 'rate_limit', retryAfterSeconds: 900 }])
    const { code, stderr } = await salvage(folder, claude, '-o', OUT)
    expect(code).toBe(2)
    expect(stderr).toMatch(/msgbatch_\w+: not read: /)
    expect(stderr).toMatch(/what is missing may be there later: .*salvage -o salvaged\.jsonl/)
  })
})

describe('the command', () => {
  test('writes rows to standard output, and what it found beside them as one object', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    await sendAndLose(folder, claude, writeInput(folder, requests(2)))
    await act(claude, 'advance', { by: '21h' })
    const { code, stdout, stderr } = await salvage(folder, claude, '--json')
    expect(code, stderr).toBe(0)
    expect(rowsOf(stdout)).toHaveLength(2)
    const found = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as object
    expect(found).toEqual({
      type: 'salvage',
      workspace_id: expect.stringMatching(/^wrkspc_/),
      batches: {
        ...{ salvaged: 1, foreign: 0, running: [], gone: [], unread: [], short: [] },
        older_passed_over: false,
      },
      ...{ rows: 2, requests: 2, usable: 2 },
      keys: { id: 0, input: 0, none: 2, unmatched: 0, several: 0 },
      cost_usd: expect.stringMatching(/^0\.0\d+$/),
      ...{ unpriced_rows: 0, output: null, exit_code: 0 },
    })
  })

  test('is priced by the price file of the folder that it is called in', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    await sendAndLose(folder, claude, writeInput(folder, requests(2)))
    await act(claude, 'advance', { by: '21h' })
    const free = { input: 0, output: 0, cache_write_5m: 0, cache_write_1h: 0, cache_read: 0 }
    const row = { ...free, alias: 'claude-haiku-4-5', source: 'a gift' }
    writeFileSync(join(folder, 'prices.json'), JSON.stringify({ 'claude-haiku-4-5-20251001': row }))
    writeFileSync(join(folder, 'halfrate.config.json'), '{"prices": "prices.json"}')
    const { stdout, stderr } = await salvage(folder, claude, '--json')
    expect(rowsOf(stdout).map(({ cost_usd: cost }) => cost)).toEqual(['0.00', '0.00'])
    expect(stderr).toContain('"cost_usd":"0.00"')
  })

  test('takes chosen batches, or those made since an instant', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(['--turnaround', '10m'])
    await sendAndLose(folder, claude, writeInput(folder, requests(2)))
    await act(claude, 'advance', { by: '3d' })
    await sendAndLose(folder, claude, writeInput(folder, requests(3), 'more.jsonl'))
    await act(claude, 'advance', { by: '1h' })
    const recent = await salvage(folder, claude, '--since', '1d')
    expect(rowsOf(recent.stdout)).toHaveLength(3)
    const all = rowsOf((await salvage(folder, claude)).stdout)
    expect(all).toHaveLength(5)
    const chosen = await salvage(folder, claude, '--batch', all[0]?.batch_id ?? '')
    expect(rowsOf(chosen.stdout)).toEqual(all.slice(0, 2))
  })

  test('can be interrupted, with nothing written', async () => {
    const folder = temporaryFolder()
    const claude = await startTestEmulator(LONG)
    await sendAndLose(folder, claude, writeInput(folder, requests(2)))
    await sendAndLose(folder, claude, writeInput(folder, requests(2), 'more.jsonl'))
    await act(claude, 'advance', { by: '21h' })
    await claude.fault([{ op: 'results', hang: true, afterTimes: 1 }])
    const args = ['salvage', '-o', OUT, '--base-url', claude.url]
    const running = startHalfrate(args, { cwd: folder })
    await running.said(/: 2 results/)
    running.child.kill('SIGINT')
    const { code, stderr } = await running.ended
    expect(code).toBe(130)
    const last = ['stopping', 'interrupted; nothing was written, and the same command begins anew']
    expect(stderr.trimEnd().split('\n').slice(-2)).toEqual(last)
    expect(readdirSync(folder).sort()).toEqual(['more.jsonl', 'requests.jsonl'])
  })

  test('needs a key that Claude takes', async () => {
    const folder = temporaryFolder()
    const keyless = { ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: '' }
    const none = await halfrate(['salvage', '-o', OUT], { cwd: folder, env: keyless })
    expect(none.code).toBe(1)
    expect(none.stderr).toContain('there is no API key')
    const claude = await startTestEmulator()
    await claude.fault([{ op: 'list', error: 'authentication' }])
    const wrong = await salvage(folder, claude, '-o', OUT)
    expect(wrong.code).toBe(1)
    expect(wrong.stderr).toContain('refuses the API key')
    expect(existsSync(join(folder, OUT))).toBe(false)
  })
})
