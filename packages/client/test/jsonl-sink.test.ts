import { execFile } from 'node:child_process'
import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type CallRecord, jsonlSink } from '../src/index.js'
import { folder } from './arrange.js'

function call(feature: string): CallRecord {
  return {
    ...{ at: '2026-11-22T10:00:00.000Z', feature, labels: {}, awaited: null, model: 'm' },
    ...{ streamed: false, usage: null, stop_reason: null, latency_ms: 1, status: 200 },
    ...{ outcome: 'succeeded', error_type: null, cost_usd: null },
  }
}

async function featuresIn(file: string): Promise<readonly string[]> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  expect(lines.pop()).toBe('')
  return lines.map((line) => (JSON.parse(line) as CallRecord).feature ?? '')
}

describe('a file of records', () => {
  test('gets them in order, a line each, after what is there', async () => {
    const file = join(await folder(), 'usage.jsonl')
    for (const run of ['first', 'second']) {
      await using sink = jsonlSink(file)
      for (let each = 0; each < 2_000; each++) sink.write(call(`${run} ${each}`))
      await sink.flush()
      sink.write(call(`${run} last`))
    }
    const features = await featuresIn(file)
    expect(features).toHaveLength(4_002)
    expect([features[0], features[2_000], features[4_001]]).toEqual([
      'first 0',
      'first last',
      'second last',
    ])
  })

  test('gets them on lines of their own behind one that a killed program left unended', async () => {
    const file = join(await folder(), 'usage.jsonl')
    await writeFile(file, `${JSON.stringify(call('whole'))}\n{"at":"2026-11-22T10:0`)
    const sink = jsonlSink(file)
    sink.write(call('first'))
    sink.write(call('next'))
    await sink.close()
    const [first, torn, ...rest] = (await readFile(file, 'utf8')).split('\n')
    expect([JSON.parse(first ?? '').feature, torn]).toEqual(['whole', '{"at":"2026-11-22T10:0'])
    expect(rest.slice(0, -1).map((line) => JSON.parse(line).feature)).toEqual(['first', 'next'])
  })

  test('drops and counts what does not fit, and what comes after its end', async () => {
    const file = join(await folder(), 'usage.jsonl')
    const told: unknown[] = []
    const bytes = Buffer.byteLength(`${JSON.stringify(call('0'))}\n`)
    const sink = jsonlSink(file, {
      maxBufferBytes: 3 * bytes,
      onError: (error) => told.push(error),
    })
    // The first is on its way to the disk, three wait, and there is no room for the others.
    for (let each = 0; each < 10; each++) sink.write(call(String(each)))
    await sink.close()
    expect(await featuresIn(file)).toEqual(['0', '1', '2', '3'])
    expect(sink.dropped).toBe(6)
    sink.write(call('late'))
    await sink.close()
    expect(sink.dropped).toBe(7)
    expect(told).toHaveLength(1)
    expect(String(told[0])).toContain('the disk is slower than the calls')
  })

  test('that can’t be written costs its records and nothing else', async () => {
    const told: unknown[] = []
    const sink = jsonlSink(join(await folder(), 'no/such/folder.jsonl'), {
      onError: (error) => told.push(error),
    })
    for (let each = 0; each < 3; each++) sink.write(call(String(each)))
    await sink.close()
    expect(sink.dropped).toBe(3)
    expect(told).toMatchObject([{ code: 'ENOENT' }])
  })

  test.runIf(process.platform === 'linux')('on a full disk counts what was lost', async () => {
    await access('/dev/full')
    const told: unknown[] = []
    const sink = jsonlSink('/dev/full', { onError: (error) => told.push(error) })
    for (let each = 0; each < 3; each++) sink.write(call(String(each)))
    await sink.close()
    expect(sink.dropped).toBe(3)
    expect(told).toMatchObject([{ code: 'ENOSPC' }])
  })

  test('needs a buffer that can be', () => {
    expect(() => jsonlSink('x', { maxBufferBytes: 0 })).toThrow('a whole number from 1, got 0')
  })

  test.each(['', 'process.exit(0)', 'throw new RangeError("mine")'])(
    'is whole when its program ends: %s',
    async (end) => {
      const file = join(await folder(), 'usage.jsonl')
      const sink = new URL('../dist/index.js', import.meta.url).href
      const program = `
        import { jsonlSink } from ${JSON.stringify(sink)}
        const sink = jsonlSink(${JSON.stringify(file)})
        for (let each = 0; each < 3000; each++) sink.write({ feature: String(each) })
        ${end}`
      const args = ['--input-type=module', '--eval', program]
      await promisify(execFile)(process.execPath, args).catch(() => undefined)
      const features = await featuresIn(file)
      expect(features.map(Number).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 3_000 }, (_, index) => index),
      )
    },
  )
})
