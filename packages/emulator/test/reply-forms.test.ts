import Anthropic from '@anthropic-ai/sdk'
import {
  type Emulator,
  InvalidReplyError,
  type Reply,
  type ReplyFunction,
  startEmulator,
  text,
} from '@halfrate/emulator'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const PARAMS = {
  model: 'claude-haiku-4-5',
  max_tokens: 2_000,
  messages: [{ role: 'user' as const, content: 'Is this spam?' }],
}

function ask(claude: Emulator, content = 'Is this spam?'): Promise<Anthropic.Message> {
  const client = new Anthropic({ apiKey: 'any', baseURL: claude.url })
  return client.messages.create({ ...PARAMS, messages: [{ role: 'user', content }] })
}

function saidIn(message: Anthropic.Message): string {
  const [block] = message.content
  return block?.type === 'text' ? block.text : ''
}

async function answerTo(reply: Reply | ReplyFunction, seed = 1): Promise<Anthropic.Message> {
  await using claude = await startEmulator({ seed })
  claude.reply(reply)
  return await ask(claude)
}

describe('a reply', () => {
  test('is a text', async () => {
    const message = await answerTo('spam')
    expect(message.content).toEqual([{ type: 'text', text: 'spam' }])
    expect(message.usage.output_tokens).toBeGreaterThan(0)
  })

  test('is a message without usage, which is then counted', async () => {
    const message = await answerTo(text('spam'))
    expect(message.usage.input_tokens).toBeGreaterThan(0)
    expect(message.usage.output_tokens).toBe(1)
  })

  test('is a message as the SDK gave it, with the usage that stands in it', async () => {
    const recorded = await answerTo({ ...text('ham'), usage: { output_tokens: 321 } })
    expect(recorded.usage.output_tokens).toBe(321)
    const replayed = await answerTo(recorded, 2)
    expect(replayed).toMatchObject({ content: recorded.content, usage: recorded.usage })
    expect(replayed.id).not.toBe(recorded.id)
  })

  test('is an error', async () => {
    const answered = answerTo({ error: { type: 'permission_error', message: 'not you' } })
    await expect(answered).rejects.toMatchObject({ status: 403, type: 'permission_error' })
  })

  test('is a function of the request, which may leave it to the one before', async () => {
    await using claude = await startEmulator()
    claude.reply('anything else')
    const takeAway = claude.reply(({ params, customId }) => {
      const asked = String(params.messages[0]?.content)
      return asked.startsWith('Is') ? text(`${asked} ${customId}`) : undefined
    })
    expect(saidIn(await ask(claude, 'Is it?'))).toBe('Is it? null')
    expect(saidIn(await ask(claude, 'Was it?'))).toBe('anything else')
    takeAway()
    expect(saidIn(await ask(claude, 'Is it?'))).toBe('anything else')
  })

  test.each<[string, unknown, RegExp]>([
    ['a number', 42, /^reply: expected a text, a message with content, .* got 42\.$/],
    ['nothing', null, /^reply: expected a text, .* got null\.$/],
    ['a list', [], /^reply: expected a text, .* got \[\]\.$/],
    ['an object of something else', { answer: 'spam' }, /^reply: expected .*"answer":"spam"/],
    ['a promise', Promise.resolve('spam'), /^reply: expected .* got a promise\.$/],
    ['content without types', { content: ['spam'] }, /^reply\.content: expected a list of blocks/],
    ['an unknown stop reason', { ...text('x'), stop_reason: 'bored' }, /^reply\.stop_reason: /],
    [
      'a usage that can not be',
      { ...text('x'), usage: { output_tokens: -1 } },
      /^reply\.usage\.output_tokens: expected a whole number from 0, got -1\.$/,
    ],
    ['an unknown error', { error: { type: 'oops', message: '' } }, /^reply\.error\.type: /],
    ['an error without text', { error: { type: 'api_error' } }, /^reply\.error\.message: /],
  ])('is not %s', async (_, given, message) => {
    await using claude = await startEmulator()
    expect(() => claude.reply(given as Reply)).toThrow(InvalidReplyError)
    expect(() => claude.reply(given as Reply)).toThrow(message)
  })

  test('that a function gets wrong is told once, to whoever called', async () => {
    await using claude = await startEmulator()
    claude.reply((async () => 'spam') as unknown as ReplyFunction)
    await expect(ask(claude)).rejects.toThrow(
      /^500 .*The emulator failed: reply function: expected .* got a promise\./,
    )
    claude.reply(() => {
      throw new TypeError('of my own making')
    })
    await expect(ask(claude)).rejects.toThrow(/The emulator failed: of my own making/)
    expect(claude.ledger.summary()).toMatchObject({ calls: { message: 2 }, messages: 0 })
  })
})

const TRIAGE = z.object({
  label: z.enum(['spam', 'ham']),
  score: z.number().min(0).max(1),
  rank: z.int().min(3).max(9),
  tags: z.array(z.string().min(3).max(12)).min(1).max(4),
  contact: z.union([z.email(), z.null()]),
  at: z.iso.datetime(),
  id: z.uuid(),
  note: z.string().optional(),
  parts: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('roof'), size: z.number().positive() }),
      z.object({ kind: z.literal('wall'), isWet: z.boolean() }),
    ]),
  ),
  pair: z.tuple([z.string(), z.int()]),
})

interface Tree {
  readonly name: string
  readonly children: readonly Tree[]
}
const TREE: z.ZodType<Tree> = z.object({
  name: z.string(),
  get children() {
    return z.array(TREE)
  },
})

describe('a reply by JSON schema', () => {
  test('is an instance of it, whatever the seed', async () => {
    const schema = z.toJSONSchema(TRIAGE)
    const seen = new Set<string>()
    for (let seed = 0; seed < 50; seed++) {
      const said = saidIn(await answerTo({ schema }, seed))
      expect(TRIAGE.parse(JSON.parse(said))).toEqual(JSON.parse(said))
      seen.add(said)
    }
    expect(seen.size).toBe(50)
  })

  test('ends, even where a schema contains itself', async () => {
    const schema = z.toJSONSchema(TREE)
    for (let seed = 0; seed < 20; seed++) {
      const said = saidIn(await answerTo({ schema }, seed))
      expect(() => TREE.parse(JSON.parse(said))).not.toThrow()
    }
  })

  test('depends on seed and request, and on nothing that came before', async () => {
    const schema = z.toJSONSchema(TRIAGE)
    await using one = await startEmulator({ seed: 7 })
    await using other = await startEmulator({ seed: 7 })
    one.reply({ schema })
    other.reply(() => ({ schema }))
    const first = saidIn(await ask(one, 'first'))
    const second = saidIn(await ask(one, 'second'))
    expect(first).not.toBe(second)
    expect(saidIn(await ask(other, 'second'))).toBe(second)
    expect(saidIn(await ask(other, 'first'))).toBe(first)
    expect(saidIn(await answerTo({ schema }, 8))).not.toBe(saidIn(await answerTo({ schema }, 7)))
  })

  test.each<[string, unknown, RegExp]>([
    ['no object', 'string', /^reply\.schema: expected a JSON schema, an object, got "string"\.$/],
    [
      'a keyword that is not known',
      { type: 'object', properties: { a: { patternProperties: {} } } },
      /^reply\.schema: expected keywords .* got "patternProperties"\.$/,
    ],
    ['a reference to nothing', { $ref: '#/$defs/tag' }, /got "\$ref #\/\$defs\/tag"\.$/],
    ['no instance', { type: 'integer', minimum: 3, maximum: 2 }, /^reply schema: expected /],
    ['a pattern that is not hit', { type: 'string', pattern: '^[A-Z]{9}$' }, /else give a text/],
  ])('is refused at once for %s', async (_, schema, message) => {
    await using claude = await startEmulator()
    expect(() => claude.reply({ schema } as Reply)).toThrow(message)
  })
})
