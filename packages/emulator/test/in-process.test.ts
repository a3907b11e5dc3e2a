import { execFile } from 'node:child_process'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import Anthropic from '@anthropic-ai/sdk'
import {
  type Emulator,
  type FaultByOp,
  type FaultHandle,
  type FaultOp,
  InvalidFaultError,
  InvalidOptionError,
  startEmulator,
  text,
} from '@halfrate/emulator'
import { describe, expect, test } from 'vitest'

const REQUESTS = ['a', 'b'].map((custom_id) => ({
  custom_id,
  params: {
    model: 'claude-haiku-4-5',
    max_tokens: 100,
    messages: [{ role: 'user' as const, content: `Classify ${custom_id}` }],
  },
}))

function clientOf(claude: Emulator, maxRetries = 0): Anthropic {
  return new Anthropic({ apiKey: 'any', baseURL: claude.url, maxRetries })
}

async function rowsOf(client: Anthropic, id: string): Promise<Map<string, string>> {
  const rows = new Map<string, string>()
  for await (const { custom_id, result } of await client.messages.batches.results(id)) {
    const block = result.type === 'succeeded' ? result.message.content[0] : undefined
    rows.set(custom_id, block?.type === 'text' ? block.text : result.type)
  }
  return rows
}

describe('an emulator in the process of a test', () => {
  test('stands still between two advances, and bills what it accepted', async () => {
    await using claude = await startEmulator({ seed: 7, turnaroundMs: [60_000, 60_000] })
    claude.reply(({ customId }) => text(customId === 'a' ? 'spam' : 'ham'))
    const client = clientOf(claude)
    const { id, created_at } = await client.messages.batches.create({ requests: REQUESTS })
    expect(Math.trunc(Date.parse(created_at))).toBe(claude.clock.now())
    await claude.clock.advance(59_999)
    expect((await client.messages.batches.retrieve(id)).processing_status).toBe('in_progress')
    expect(claude.ledger.billed()).toEqual([])
    await claude.clock.advance(1)
    expect((await client.messages.batches.retrieve(id)).processing_status).toBe('ended')
    expect(await rowsOf(client, id)).toEqual(
      new Map([
        ['a', 'spam'],
        ['b', 'ham'],
      ]),
    )
    const billed = claude.ledger.billed()
    expect(billed).toMatchObject([
      { route: 'batch', batchId: id, customId: 'a', model: 'claude-haiku-4-5-20251001' },
      { route: 'batch', batchId: id, customId: 'b', usage: { service_tier: 'batch' } },
    ])
    for (const { usage, nanoUsd, costUsd } of billed) {
      // Haiku 4.5 in batch: $0.50 and $2.50 per million tokens.
      expect(nanoUsd).toBe(BigInt(usage.input_tokens * 500 + usage.output_tokens * 2_500))
      expect(Number(costUsd)).toBe(Number(nanoUsd) / 1e9)
    }
  })

  test('a lost answer and the retry of the SDK make two batches, both of them paid', async () => {
    await using claude = await startEmulator({ seed: 7 })
    claude.fault('create', { loseResponse: true, times: 1 })
    await clientOf(claude, 2).messages.batches.create({ requests: REQUESTS })
    await claude.clock.advance('2h')
    expect(claude.ledger.accepted()).toHaveLength(2)
    expect(claude.ledger.billed().map(({ customId }) => customId)).toEqual(['a', 'b', 'a', 'b'])
  })

  test('several in one process know nothing of each other', async () => {
    await using one = await startEmulator({ seed: 7 })
    await using other = await startEmulator({ seed: 7 })
    expect(one.url).not.toBe(other.url)
    one.reply('one')
    other.fault('create', { error: 'overloaded' })
    const { id } = await clientOf(one).messages.batches.create({ requests: REQUESTS })
    await expect(
      clientOf(other).messages.batches.create({ requests: REQUESTS }),
    ).rejects.toMatchObject({ status: 529 })
    await one.clock.advance('2h')
    expect([...(await rowsOf(clientOf(one), id)).values()]).toEqual(['one', 'one'])
    expect(other.ledger.accepted()).toEqual([])
    expect(one.clock.now() - other.clock.now()).toBeGreaterThan(7_000_000)
  })

  test('answers what those on its clock are about to ask, before time goes on', async () => {
    await using claude = await startEmulator({ turnaroundMs: [90_000, 90_000] })
    const { batches } = clientOf(claude).messages
    const { id, created_at } = await batches.create({ requests: REQUESTS })
    const createdAt = Math.trunc(Date.parse(created_at))
    const seen: [ms: number, status: string][] = []
    const poll = async (): Promise<void> => {
      for (;;) {
        const ms = claude.clock.now() - createdAt
        const { processing_status } = await batches.retrieve(id)
        seen.push([ms, processing_status])
        if (processing_status === 'ended') return
        await claude.clock.sleep({ ms: 60_000 })
      }
    }
    const polled = poll()
    await claude.clock.advance('10m')
    expect(seen).toEqual([
      [0, 'in_progress'],
      [60_000, 'in_progress'],
      [120_000, 'ended'],
    ])
    await polled
  })

  test('a ledger file has all that happened in the time that was put forward', async () => {
    const { mkdtemp, readFile } = await import('node:fs/promises')
    const { tmpdir } = await import('node:os')
    const ledgerFile = `${await mkdtemp(`${tmpdir()}/emulator-`)}/ledger.jsonl`
    await using claude = await startEmulator({ ledgerFile })
    await clientOf(claude).messages.batches.create({ requests: REQUESTS })
    await claude.clock.advance('2h')
    const types = (await readFile(ledgerFile, 'utf8')).match(/"type":"row"/g)
    expect(types).toHaveLength(2)
  })

  test('stops at once, cuts what is open, and may be stopped again', async () => {
    const claude = await startEmulator()
    claude.fault('list', { hang: true })
    const client = clientOf(claude)
    const listed = client.messages.batches.list().catch((error: unknown) => error)
    const { id } = await client.messages.batches.create({ requests: REQUESTS })
    await claude.stop()
    await claude.stop()
    expect(await listed).toBeInstanceOf(Anthropic.APIConnectionError)
    await expect(client.messages.batches.retrieve(id)).rejects.toThrow(Anthropic.APIConnectionError)
  })

  test('nothing of it keeps a process alive', async () => {
    const script = `
      import { startEmulator } from '@halfrate/emulator'
      const claude = await startEmulator({ latencyMs: 50, clock: { factor: 2 }, ledgerFile: '/dev/null' })
      claude.fault('models', { hang: true })
      const headers = { 'x-api-key': 'any', 'anthropic-version': '2023-06-01' }
      void fetch(claude.url + '/v1/models', { headers }).catch(() => {})
      await (await fetch(claude.url + '/v1/messages/batches', { headers })).text()
      void claude.clock.sleep({ ms: 86_400_000 })
      await claude.stop()
      console.log('stopped')`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script],
      { cwd: import.meta.dirname, timeout: 60_000 },
    )
    expect(stdout).toBe('stopped\n')
  })
})

type Case = { [Op in FaultOp]: readonly [op: Op, fault: FaultByOp[Op], seen: RegExp] }[FaultOp]

/** Whatever the operation shows of a fault: an error's words, or what came until the caller gave up. */
async function seenBy(claude: Emulator, op: FaultOp, signal: AbortSignal): Promise<string> {
  const { messages, models } = clientOf(claude)
  const { batches } = messages
  const [first] = REQUESTS
  const params = first?.params ?? { model: '', max_tokens: 1, messages: [] }
  const { max_tokens: _, ...prompt } = params
  const isLater = op !== 'create' && op !== 'row'
  const id = isLater ? (await batches.create({ requests: REQUESTS })).id : ''
  if (op === 'results' || op === 'delete') await claude.clock.advance('1h')
  const calls: Readonly<Record<FaultOp, () => Promise<unknown>>> = {
    create: () => batches.create({ requests: REQUESTS }),
    retrieve: () => batches.retrieve(id, {}, { signal }),
    list: async () => (await batches.list()).data,
    cancel: () => batches.cancel(id),
    delete: () => batches.delete(id),
    results: async () => [...(await rowsOf(clientOf(claude), id))],
    message: () => messages.create(params),
    countTokens: () => messages.countTokens(prompt),
    models: async () => (await models.list()).data,
    row: async () => {
      const made = await batches.create({ requests: REQUESTS })
      await claude.clock.advance('25h')
      return [...(await rowsOf(clientOf(claude), made.id))]
    },
  }
  try {
    return JSON.stringify(await calls[op]())
  } catch (error) {
    return `${(error as Error).name} ${String(error)}`
  }
}

// Of the event loop: many more than an answer needs to come.
const TURNS = 500

async function untilStruck(fault: FaultHandle): Promise<void> {
  while (fault.fired === 0) await setImmediate()
  for (let turn = 0; turn < TURNS; turn += 1) await setImmediate()
}

describe('each fault, as the unmodified SDK sees it', () => {
  test.each<Case>([
    ['create', { error: 'authentication' }, /401.*API key is invalid/],
    ['create', { error: 'billing' }, /402.*billing_error/],
    ['create', { error: 'permission' }, /403/],
    ['create', { error: 'conflict' }, /409/],
    ['create', { error: 'too_large' }, /413/],
    ['create', { error: 'rate_limit', retryAfterSeconds: 1 }, /429.*rate limit/],
    ['create', { error: 'ramp_limit' }, /429.*ramp_limit_exceeded/],
    ['create', { error: 'spend_cap' }, /429.*enforced_spend_limit_reached/],
    ['create', { error: 'own_limit' }, /400.*specified API usage limits/],
    ['create', { error: 'api_error', accepted: true }, /500/],
    ['create', { error: 'bad_gateway' }, /502/],
    ['create', { error: 'unavailable' }, /503/],
    ['create', { error: 'timeout' }, /504/],
    ['create', { error: 'overloaded' }, /529/],
    ['create', { error: 'html' }, /doctype html/],
    ['create', { error: 'truncated' }, /Error/],
    ['create', { loseResponse: true }, /Connection error/],
    ['create', { loseRequest: true }, /Connection error/],
    ['create', { lateMs: 5_000 }, /Connection error/],
    ['create', { twin: 'second' }, /in_progress/],
    ['create', { twin: 'refusal' }, /429/],
    ['retrieve', { error: 'not_found' }, /404.*not found/],
    ['retrieve', { hang: true }, /aborted/],
    ['retrieve', { staleMs: 60_000 }, /in_progress/],
    ['list', { staleMs: 60_000 }, /^\[\]$/],
    ['cancel', { ignored: true }, /canceling/],
    ['delete', { error: 'conflict' }, /409/],
    ['results', { error: 'no_results' }, /404.*no available results/],
    ['results', { cut: 'line_end', cutAfterLines: 1 }, /^\[\["\w","\[synthetic[^[]*\]$/],
    ['results', { cut: 'mid_line', cutAfterLines: 1 }, /Error/],
    ['results', { cut: 'mid_line', cutEnd: 'reset' }, /terminated/],
    ['results', { foreignLines: 1 }, /"stranger-0"/],
    ['results', { malformedLines: 1 }, /SyntaxError|JSON/],
    ['results', { omitLines: 2 }, /^\[\]$/],
    ['row', { outcome: 'errored', times: 1 }, /^\[\["a","errored"\]|\["a","errored"\]\]$/],
    ['row', { outcome: 'expired', containing: 'Classify b' }, /\["b","expired"\]/],
    ['row', { refused: true }, /400/],
    ['message', { stopReason: 'refusal' }, /"stop_reason":"refusal"/],
    ['message', { content: 'empty' }, /"content":\[\]/],
    ['countTokens', { error: 'overloaded' }, /529/],
    ['models', { error: 'unavailable' }, /503/],
  ])('%s %j', async (op, fault, seen) => {
    await using claude = await startEmulator({ seed: 7 })
    const scripted = claude.fault(op, fault as FaultByOp[typeof op])
    const patience = new AbortController()
    const told = seenBy(claude, op, patience.signal)
    if ('hang' in fault) await untilStruck(scripted).then(() => patience.abort())
    expect(await told).toMatch(seen)
    expect(scripted.fired).toBeGreaterThanOrEqual(1)
  })
})

describe('what a test gets wrong', () => {
  test('faults that the model does not know', async () => {
    await using claude = await startEmulator()
    expect(() => claude.fault('creat' as 'create', {})).toThrow(
      /^op: expected one of create, .* got "creat"\.$/,
    )
    expect(() => claude.fault('create', { loseAnswer: true } as object)).toThrow(InvalidFaultError)
    expect(() => claude.fault('create', { times: 0 })).toThrow(
      'create.times: expected a whole number from 1, got 0.',
    )
  })

  test.each<[object, string]>([
    [{ sed: 7 }, 'startEmulator: expected members seed, '],
    [{ seed: -1 }, 'seed: expected a whole number from 0, got -1.'],
    [{ port: 70_000 }, 'port: expected a whole number from 0 to 65535, got 70000.'],
    [{ latencyMs: -1 }, 'latencyMs: expected milliseconds from 0, got -1.'],
    [{ clock: 600 }, 'clock: expected an object, got 600.'],
    [{ clock: { factor: -1 } }, 'clock.factor: expected a number from 0, got -1.'],
    [{ turnaroundMs: 60 }, 'turnaroundMs: expected [shortest, longest] in milliseconds, got 60.'],
    [{ faults: 'wild' }, 'faults: expected one of demo, rough, or a list, got "wild".'],
    [{ faults: [{ op: 'lust' }] }, 'op: expected one of create, '],
  ])('options such as %j', async (options, message) => {
    await expect(startEmulator(options)).rejects.toThrow(message)
  })

  test('options that are none', async () => {
    await expect(startEmulator(7 as unknown as object)).rejects.toThrow(InvalidOptionError)
  })
})
