import { ProviderModel, type ReplyHook, text, type WireMessage } from '@halfrate/emulator/model'
import { describe, expect, test } from 'vitest'
import { batchOf, bodyOf, CALLER, HOUR, linesOf, modelWith, NOW, params } from './arrange.js'

/** The message that one request in a batch gets. */
function messageFor(
  extra: Record<string, unknown> = {},
  options: { hook?: ReplyHook; version?: string } = {},
): WireMessage {
  const model = modelWith()
  if (options.hook !== undefined) model.reply(options.hook)
  const caller = { ...CALLER, version: options.version ?? CALLER.version }
  const item = { customId: 'a', params: params(extra) }
  const { id } = batchOf(model.create({ now: NOW, caller, items: [item] }))
  const [row] = linesOf(model.results({ now: NOW + HOUR, id }))
  if (row?.result.type !== 'succeeded') throw new TypeError(JSON.stringify(row))
  return row.result.message
}

const says = (message: WireMessage): unknown => message.content[0]?.text

describe('a synthetic reply', () => {
  test('says that it is one, and what it was given', () => {
    const message = messageFor()
    expect(says(message)).toBe(
      '[synthetic reply, no model was asked] The input has 29 characters, beginning with "Claim 8812".',
    )
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'claude-haiku-4-5-20251001',
      stop_reason: 'end_turn',
      usage: { service_tier: 'batch', inference_geo: 'not_available' },
    })
    expect(message.id).toMatch(/^msg_01/)
  })

  test('is cut off at max_tokens', () => {
    const message = messageFor({ max_tokens: 5 })
    expect(message).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 5 } })
    expect(String(says(message)).length).toBe(20)
  })

  test('has the members of its API version', () => {
    expect(messageFor()).toMatchObject({ container: null, diagnostics: null, stop_details: null })
    const older = messageFor({}, { version: '2023-06-01' })
    expect(older).not.toHaveProperty('container')
    expect(older).not.toHaveProperty('stop_details')
    expect(older.usage).not.toHaveProperty('server_tool_use')
  })

  test('is billed for the region that was asked for', () => {
    const geo = { model: 'claude-haiku-5-5', inference_geo: 'us' }
    expect(messageFor(geo).usage.inference_geo).toBe('us')
    expect(messageFor({ model: 'claude-haiku-5-5' }).usage.inference_geo).toBe('global')
  })

  test('fits the schema of structured output', () => {
    const schema = {
      type: 'object',
      properties: {
        label: { enum: ['spam', 'ham'] },
        score: { type: 'integer', minimum: 3 },
        when: { type: 'string', format: 'date' },
        tags: { type: 'array', minItems: 2, items: { $ref: '#/$defs/tag' } },
        note: { anyOf: [{ type: 'null' }, { type: 'string' }] },
      },
      $defs: { tag: { type: 'string', maxLength: 4 } },
    }
    const message = messageFor({ output_config: { format: { type: 'json_schema', schema } } })
    expect(JSON.parse(String(says(message)))).toEqual({
      label: 'spam',
      score: 3,
      when: '2026-01-01',
      tags: ['synt', 'synt'],
      note: null,
    })
  })

  test('uses the tool that it is made to use', () => {
    const tools = [
      { name: 'record', input_schema: { type: 'object', properties: { n: { type: 'number' } } } },
    ]
    const message = messageFor({ tools, tool_choice: { type: 'tool', name: 'record' } })
    expect(message).toMatchObject({
      stop_reason: 'tool_use',
      content: [
        {
          type: 'tool_use',
          name: 'record',
          input: { n: 0 },
          id: expect.stringMatching(/^toolu_01.{22}$/),
        },
      ],
    })
  })
})

describe('a reply hook', () => {
  test('answers by text, by parts of a message, or leaves it to the next', () => {
    expect(says(messageFor({}, { hook: () => 'spam' }))).toBe('spam')
    expect(says(messageFor({}, { hook: ({ customId }) => text(`for ${customId}`) }))).toBe('for a')
    expect(says(messageFor({}, { hook: () => undefined }))).toMatch(/synthetic/)
    const told = messageFor(
      {},
      {
        hook: () => ({
          ...text('x'),
          usage: { input_tokens: 9, output_tokens: 8, cache_read_input_tokens: 7 },
        }),
      },
    )
    expect(told.usage).toMatchObject({
      input_tokens: 9,
      output_tokens: 8,
      cache_read_input_tokens: 7,
    })
  })

  test('may make a row errored', () => {
    const model = modelWith()
    model.reply(() => ({ error: { type: 'overloaded_error', message: 'Overloaded' } }))
    const { id } = batchOf(model.create({ now: NOW, items: [{ customId: 'a', params: params() }] }))
    const [row] = linesOf(model.results({ now: NOW + HOUR, id }))
    expect(row?.result).toMatchObject({
      type: 'errored',
      error: { error: { type: 'overloaded_error' } },
    })
  })

  test('is asked the newest first, and can be taken away', () => {
    const model = modelWith()
    const ask = (): unknown => says(bodyOf(model.createMessage({ now: NOW, body: params() })))
    model.reply(() => 'older')
    const remove = model.reply(() => 'newer')
    expect(ask()).toBe('newer')
    remove()
    expect(ask()).toBe('older')
  })
})

describe('the prompt cache', () => {
  const long = 'A long instruction. '.repeat(2_000)
  const cached = (ttl?: string): Record<string, unknown> => ({
    model: 'claude-haiku-5-5',
    system: [
      { type: 'text', text: long, cache_control: { type: 'ephemeral', ...(ttl ? { ttl } : {}) } },
    ],
  })

  /** Tokens written and read by the rows of a batch. */
  function tokens(
    model: ProviderModel,
    count: number,
    extra: Record<string, unknown>,
  ): [number, number] {
    const list = Array.from({ length: count }, (_, index) => ({
      customId: `r${index}`,
      params: params(extra),
    }))
    const { id } = batchOf(model.create({ now: NOW, items: list }))
    const rows = linesOf(model.results({ now: NOW + HOUR, id }))
    const usages = rows.flatMap(({ result }) =>
      result.type === 'succeeded' ? [result.message.usage] : [],
    )
    const sum = (pick: (usage: (typeof usages)[number]) => number): number =>
      usages.reduce((total, usage) => total + pick(usage), 0)
    return [
      sum((usage) => usage.cache_creation_input_tokens),
      sum((usage) => usage.cache_read_input_tokens),
    ]
  }

  test('rows that share a prefix write it rarely and read it often', () => {
    const [written, read] = tokens(modelWith({ cacheHitRate: 1 }), 50, cached('1h'))
    expect(written).toBeGreaterThan(0)
    expect(read).toBeGreaterThan(written)
  })

  test('the time to live decides which counter is written', () => {
    const write = (ttl?: string): unknown =>
      bodyOf(modelWith().createMessage({ now: NOW, body: params(cached(ttl)) })).usage
        .cache_creation
    expect(write()).toMatchObject({
      ephemeral_5m_input_tokens: 13_000,
      ephemeral_1h_input_tokens: 0,
    })
    expect(write('1h')).toMatchObject({
      ephemeral_5m_input_tokens: 0,
      ephemeral_1h_input_tokens: 13_000,
    })
  })

  test('in real time the second call reads, until the time to live is over', () => {
    const model = modelWith()
    const read = (now: number): number =>
      bodyOf(model.createMessage({ now, body: params(cached()) })).usage.cache_read_input_tokens
    expect([read(NOW), read(NOW + 1_000), read(NOW + HOUR)]).toEqual([0, 13_000, 0])
  })

  test('a prefix below the least that the model caches is not cached', () => {
    const short = {
      system: [{ type: 'text', text: 'short', cache_control: { type: 'ephemeral' } }],
    }
    expect(tokens(modelWith(), 5, short)).toEqual([0, 0])
  })

  test('input, written and read add up to what a count says, in real time and in a batch', () => {
    const model = new ProviderModel({ turnaroundMs: [0, 0] })
    const body = params(cached())
    const { input_tokens } = bodyOf(model.countTokens({ now: NOW, body }))
    const items = ['a', 'b', 'c'].map((customId) => ({ customId, params: body }))
    model.create({ now: NOW, items })
    model.createMessage({ now: NOW, body })
    const totals = model.ledger.billed(NOW).map(({ usage }) => {
      if (usage === null) return 0
      return usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens
    })
    expect(totals).toEqual([input_tokens, input_tokens, input_tokens, input_tokens])
  })
})
