import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parseStartLine, type StartLine, virtualNow } from '@halfrate/emulator'
import { describe, expect, onTestFinished, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const HEADERS = { 'x-api-key': 'any', 'anthropic-version': '2023-06-01' }

/** Starts the command, which ends with the test. */
async function start(...flags: string[]): Promise<{ line: StartLine; child: ChildProcess }> {
  const child = spawn(process.execPath, [MAIN, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [first] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { line: parseStartLine(first), child }
}

/** Runs the command to its end. */
async function run(...flags: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...flags])
  const read = async (stream: Readable): Promise<string> => (await stream.toArray()).join('')
  const [out, err, [code]] = await Promise.all([
    read(child.stdout),
    read(child.stderr),
    once(child, 'close'),
  ])
  return { code: code as number, out, err }
}

describe('the command', () => {
  test('says on its first line how to reach it and what time it is', async () => {
    const origin = Date.now() - 5_000
    const { line, child } = await start(
      ...['--seed', '9', '--clock-factor', '600', '--clock-origin', String(origin)],
      ...['--clock-start', '2030-01-01T00:00:00Z'],
    )
    const startedAt = Date.parse('2030-01-01T00:00:00Z')
    expect(line).toMatchObject({
      seed: 9,
      pid: child.pid,
      clock: { origin, factor: 600, start: startedAt },
    })
    const response = await fetch(`${line.url}/v1/messages/batches`, { headers: HEADERS })
    const told = Date.parse(response.headers.get('date') ?? '')
    expect(told).toBeGreaterThanOrEqual(startedAt + 3_000_000)
    expect(told).toBeLessThanOrEqual(virtualNow(line.clock, Date.now()))
  })

  test('stops at a signal, with nothing left open', async () => {
    const { child } = await start()
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('writes its ledger to a file, price by price', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'emulator-'))
    const ledger = join(folder, 'ledger.jsonl')
    const prices = join(folder, 'prices.json')
    writeFileSync(
      prices,
      JSON.stringify({ 'claude-haiku-5-5': { batch_input: 0.05, batch_output: 0.25, input: 0.1 } }),
    )
    const { line, child } = await start('--turnaround', '0', '--ledger', ledger, '--prices', prices)
    const params = {
      model: 'claude-haiku-5-5',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'x' }],
    }
    const body = JSON.stringify({ requests: [{ custom_id: 'a', params }] })
    await fetch(`${line.url}/v1/messages/batches`, { method: 'POST', body, headers: HEADERS })
    child.kill('SIGTERM')
    await once(child, 'exit')
    const entries = readFileSync(ledger, 'utf8')
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text))
    expect(entries).toMatchObject([
      { type: 'post', verdict: 'accepted', count: 1, first_custom_id: 'a' },
      { type: 'accepted', custom_ids: ['a'] },
      { type: 'row', custom_id: 'a', outcome: 'succeeded' },
    ])
    const { usage, nano_usd } = entries[2]
    expect(nano_usd).toBe(String(usage.input_tokens * 50 + usage.output_tokens * 250))
  })

  test('explains itself', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    expect(out).toContain('--turnaround A-B')
  })

  test.each([
    [['--bogus'], "Unknown option '--bogus'"],
    [['--port', 'x'], '--port: expected a whole number from 0 to 65535, got "x".'],
    [
      ['--turnaround', '5m-1m'],
      '--turnaround: expected the shorter time first, such as 3m-40m, got "5m-1m".',
    ],
    [['--clock-factor', '0'], '--clock-factor: expected a number above 0, got "0".'],
    [
      ['--clock-origin', 'noon'],
      '--clock-origin: expected epoch milliseconds or an RFC 3339 instant, got "noon".',
    ],
    [['--seed'], "Option '--seed <value>' argument missing"],
    [['stray'], "Unexpected argument 'stray'"],
  ])('%j gets one clear line and exit code 1', async (flags, text) => {
    const { code, out, err } = await run(...flags)
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: `halfrate-emulator: ${text}\n` })
  })

  test('a fault file that is not there, or wrong, is told the same way', async () => {
    expect(await run('--faults', '/nowhere.json')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^halfrate-emulator: --faults \/nowhere\.json: .*\n$/),
    })
    const file = join(mkdtempSync(join(tmpdir(), 'emulator-')), 'faults.json')
    writeFileSync(file, '[{"op":"create","loseAnswer":true}]')
    expect(await run('--faults', file)).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^halfrate-emulator: create: expected members .* got "loseAnswer"\.\n$/,
      ),
    })
  })
})

describe('memory', () => {
  test('stays flat through an upload of 100,000 requests and 256 MB', {
    timeout: 120_000,
  }, async () => {
    const { line } = await start('--turnaround', '0')
    const rss = async (): Promise<number> => {
      const about = await fetch(`${line.url}/_emulator`)
      return ((await about.json()) as { rss_bytes: number }).rss_bytes
    }
    const before = await rss()
    const count = 100_000
    const [status, id] = await upload(line.url, count, 2_559)
    expect(status).toBe(200)
    const results = await fetch(`${line.url}/v1/messages/batches/${id}/results`, {
      headers: HEADERS,
    })
    let lines = 0
    for await (const piece of results.body as unknown as AsyncIterable<Uint8Array>) {
      for (const byte of piece) if (byte === 0x0a) lines++
    }
    expect(lines).toBe(count)
    // Half of the body: far above what the rows need, far below holding what came in.
    expect((await rss()) - before).toBeLessThan(128_000_000)
  })
})

/** Posts a batch of so many requests of so many bytes each, and gives status and batch id. */
async function upload(url: string, count: number, bytes: number): Promise<[number, string]> {
  function* body(): Generator<string> {
    const filler = 'lorem ipsum dolor sit amet '.repeat(200)
    for (let start = 0; start < count; start += 25) {
      let piece = start === 0 ? '{"requests":[' : ','
      for (let index = start; index < start + 25; index++) {
        const head = `{"custom_id":"r${String(index).padStart(6, '0')}","params":{"model":"claude-haiku-5-5","max_tokens":64,"messages":[{"role":"user","content":"`
        const tail = '"}]}}'
        const separator = index === start + 24 ? '' : ','
        piece += head + filler.slice(0, bytes - head.length - tail.length - 1) + tail + separator
      }
      yield piece
    }
    yield ']}'
  }
  const post = request(`${url}/v1/messages/batches`, { method: 'POST', headers: HEADERS })
  const answered = once(post, 'response')
  await pipeline(Readable.from(body()), post)
  const [response] = (await answered) as [Readable & { statusCode: number }]
  const text = (await response.toArray()).join('')
  return [response.statusCode, (JSON.parse(text) as { id: string }).id]
}
