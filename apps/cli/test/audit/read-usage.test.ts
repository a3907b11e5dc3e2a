import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { auditTexts, lines, row } from './read.js'

const USD = 1_000_000_000n

async function spent(
  text: string | Uint8Array,
  options: { readonly map?: string } = {},
): Promise<bigint> {
  const { report, facts } = await auditTexts({ log: text }, options)
  expect(facts.bad).toBe(0)
  return report.money.spentNano
}

const CSV = 'model,input_tokens,output_tokens,feature\nclaude-opus-5,1000000,0,"a, b"\n'

describe('a log is read', () => {
  test.each<[string, string]>([
    ['JSON Lines', lines(row())],
    ['a usage object in the answer', lines({ message: row() })],
    ['a results line', lines({ custom_id: 'a', result: { type: 'succeeded', message: row() } })],
    ['flat names in camel case', lines({ model: 'claude-opus-5', inputTokens: '1000000' })],
    ['an array', JSON.stringify([row()])],
    ['a document over many lines', JSON.stringify([row()], null, 2)],
    ['CSV', CSV],
    ['CSV with other words in the header', CSV.replace('input_tokens', 'Input Tokens')],
    ['CSV with semicolons', CSV.replace('"a, b"', 'ab').replaceAll(',', ';')],
    ['CRLF and blank lines', `\r\n${lines(row()).replaceAll('\n', '\r\n')}\r\n`],
    ['a byte order mark', `\ufeff${lines(row())}`],
    ['whole numbers as a table program writes them', CSV.replace('1000000', '1000000.0')],
    ['a cost without tokens', lines({ model: 'claude-opus-5', cost_usd: 5 })],
    ['a cost as text', lines({ cost_usd: '$5.00', feature: 'a' })],
  ])('from %s', async (_, text) => {
    expect(await spent(text)).toBe(5n * USD)
  })

  test('with every figure that a row has', async () => {
    const usage = {
      input_tokens: 10,
      output_tokens: 20,
      cache_read_input_tokens: 30,
      cache_creation_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 60 },
      server_tool_use: { web_search_requests: 1 },
      inference_geo: 'us',
      service_tier: 'batch',
    }
    // 10 * 5 + 20 * 25 + 30 * 0.5 + 40 * 6.25 + 60 * 10 = 1,415, half of it, a tenth more, and a search.
    expect(await spent(lines(row({ usage })))).toBe(10_778_250n)
  })

  test('by the surest of several names, whichever comes first', async () => {
    const first = { feature: 'triage', model: 'claude-opus-5', cost_usd: 1, name: 'POST' }
    const last = { name: 'POST', cost_usd: 1, model: 'claude-opus-5', feature: 'triage' }
    const json = await auditTexts({ log: lines(first, last) })
    const csv = await auditTexts({ log: 'name,feature,usd\nPOST,triage,1\n' })
    const other = await auditTexts({ log: 'feature,name,usd\ntriage,POST,1\n' })
    const found = [json, csv, other].map(({ report }) =>
      report.features.map((each) => each.feature),
    )
    expect(found).toEqual([['triage'], ['triage'], ['triage']])
  })

  test('by the names that --map gives, and no others for these fields', async () => {
    const map = 'model=m,input_tokens=n.in,output_tokens=n.out'
    const text = lines({ m: 'claude-opus-5', n: { in: 1_000_000, out: 0 }, input_tokens: 7 })
    expect(await spent(text, { map })).toBe(5n * USD)
    const csv = 'm,a,b,input_tokens\nclaude-opus-5,1000000,0,7\n'
    expect(await spent(csv, { map: 'model=m,input_tokens=a,output_tokens=b' })).toBe(5n * USD)
  })

  test('and a name of --map that is not there is said, with those that are', async () => {
    const map = 'model=nope'
    await expect(auditTexts({ log: lines(row(), row()) }, { map })).rejects.toThrow(
      /--map model=nope: expected a name in the rows of log, which have "at", "feature"/,
    )
    await expect(auditTexts({ log: CSV }, { map })).rejects.toThrow(/expected a column of log/)
  })

  test.each(['model', 'modell=a', '=a', 'model=', 'model=a,model=b', ''])(
    'never by a --map such as %j',
    async (map) => {
      await expect(auditTexts({ log: CSV }, { map })).rejects.toThrow(/^--map: expected/)
    },
  )
})

describe('a row that was billed for more than tokens and searches', () => {
  const usage = { input_tokens: 1_000_000, output_tokens: 0 }

  test.each([
    ['a tool', { server_tool_use: { memory_requests: 2 } }, 'memory_requests'],
    ['an odd count', { server_tool_use: { memory_requests: 0.5 } }, 'memory_requests'],
    ['a compaction', { iterations: [{ type: 'compaction' }] }, 'iterations.compaction'],
    ['a recorded call', { iterations: { advisor_message: 1 } }, 'iterations.advisor_message'],
  ])('by %s has no price, and that is named', async (_, used, name) => {
    const more = { ...usage, ...used }
    for (const place of [{ usage: more }, { message: { usage: more } }]) {
      const { report } = await auditTexts({ log: lines({ model: 'claude-opus-5', ...place }) })
      expect(report.money).toMatchObject({ unpriced: 1, spentNano: 0n })
      expect([...report.unpricedTools]).toEqual([[name, 1]])
    }
  })

  test('by what is free, or was not used, has the price of its tokens', async () => {
    const used = {
      server_tool_use: { web_fetch_requests: 3, memory_requests: 0, web_search_requests: 1 },
      iterations: [{ type: 'message' }],
    }
    const row = { model: 'claude-opus-5', usage: { ...usage, ...used } }
    const { report } = await auditTexts({ log: lines(row) })
    expect(report.money).toMatchObject({ unpriced: 0, spentNano: 5_010_000_000n })
  })
})

describe('rows that can’t be read', () => {
  test.each<[string, string]>([
    ['no model', '{"usage":{"input_tokens":1}}'],
    ['no tokens', '{"model":"claude-opus-5"}'],
    ['tokens below 0', '{"model":"claude-opus-5","input_tokens":-1}'],
    ['half a token', '{"model":"claude-opus-5","input_tokens":1.5}'],
    ['more tokens than can be counted', '{"model":"claude-opus-5","input_tokens":1e300}'],
    ['a time that is none', '{"model":"claude-opus-5","input_tokens":1,"at":"yesterday"}'],
    ['a cost below 0', '{"model":"claude-opus-5","cost_usd":-1}'],
    ['a word for yes or no', '{"model":"claude-opus-5","input_tokens":1,"awaited":"maybe"}'],
    ['no JSON', '{"model":'.padEnd(30, 'x')],
    ['no object', '7'],
  ])('are counted and named by their line: %s', async (_, bad) => {
    const { facts, report } = await auditTexts({ log: `${lines(row())}${bad}\n${lines(row())}` })
    expect(facts).toMatchObject({ read: 2, bad: 1, firstBad: [{ file: 'log', line: 2 }] })
    expect(report.money.spentNano).toBe(10n * USD)
  })

  test('are a ragged row of CSV and bytes that are no UTF-8', async () => {
    const csv = await auditTexts({ log: `${CSV}claude-opus-5,1\n` })
    expect(csv.facts.firstBad).toEqual([
      { file: 'log', line: 3, problem: 'expected 4 cells, as many as the header has, got 2' },
    ])
    const bytes = Buffer.concat([Buffer.from(lines(row())), Buffer.from([0x7b, 0xff, 0x0a])])
    const json = await auditTexts({ log: bytes })
    expect(json.facts.firstBad[0]?.problem).toBe('expected UTF-8, got bytes that are not')
  })

  test('stop the audit only when there are no others', async () => {
    await expect(auditTexts({ log: lines({}, {}) })).rejects.toMatchObject({
      rule: 'no_usage',
      message:
        'log:1: expected input_tokens and output_tokens, or cost_usd, got none of them (and 1 more rows).',
    })
    await expect(auditTexts({ log: 'a,b\n1,2\n' })).rejects.toMatchObject({ rule: 'no_usage' })
    await expect(auditTexts({ log: '{"a": [\n1,\n' })).rejects.toMatchObject({ rule: 'no_usage' })
  })

  test('that hide the end of an input are told as that', async () => {
    const { facts, report } = await auditTexts({ log: `${CSV}claude-opus-5,1,"2\n` })
    expect(facts.cutOff).toEqual([
      expect.objectContaining({ file: 'log', line: 3, problem: expect.stringContaining('quote') }),
    ])
    expect(report.money.spentNano).toBe(5n * USD)
  })
})

describe('whatever comes', () => {
  const options = { numRuns: 150 }

  test('is read the same, however it is cut into pieces', async () => {
    const text = `${lines(row(), { model: 'ä€𝄞', input_tokens: 1 })}garbage\n${lines(row())}`
    const whole = await auditTexts({ log: text }, { pieceBytes: 10_000 })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (pieceBytes) => {
        expect(await auditTexts({ log: text }, { pieceBytes })).toEqual(whole)
      }),
      options,
    )
  })

  test('every line is read or counted, and nothing but our errors comes out', async () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    const member = fc.constantFrom(
      'at',
      'model',
      'usage',
      'input_tokens',
      'data',
      'cost_usd',
      'status',
    )
    const rows = fc.array(fc.oneof(value, fc.dictionary(member, value), fc.string()), {
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(rows, async (some) => {
        const text = `${lines(row())}${lines(...some)}`
        const { facts, report } = await auditTexts({ log: text }).catch((error: unknown) => {
          expect(String(error)).toMatch(/the same money would count twice/)
          return { facts: null, report: null }
        })
        if (facts === null || report === null) return
        expect(report.money.records).toBe(facts.read)
      }),
      options,
    )
  })

  test('bytes without sense end in one of our errors', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const found = await auditTexts({ log: bytes }).catch((error: unknown) => error)
        const code = (found as { readonly code?: string }).code
        expect(['invalid_input', 'config', undefined]).toContain(code)
        if (code === undefined) expect(found).toHaveProperty('facts.read')
      }),
      options,
    )
  })
})
