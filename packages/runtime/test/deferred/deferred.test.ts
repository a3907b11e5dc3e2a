import type { Anthropic } from '@anthropic-ai/sdk'
import {
  ConfigError,
  InvalidInputError,
  type QueueName,
  StoreAccessError,
  StoreClosedError,
  StoreUnavailableError,
} from '@halfrate/core'
import { startEmulator } from '@halfrate/emulator'
import { describe, expect, test, vi } from 'vitest'
import {
  DeadlinePassedError,
  type Deferred,
  deferred,
  type Halfrate,
  KeyTakenError,
  openHalfrate,
  RequestEndedError,
} from '../../src/index.js'
import { openAt, startClaude, temporaryStore } from '../jobs/open-jobs.js'

type Params = Anthropic.MessageCreateParamsNonStreaming

/** Params that ask in these words. */
function asking(content: string): Params {
  return { model: 'claude-haiku-4-5', max_tokens: 300, messages: [{ role: 'user', content }] }
}

async function textOf(answer: Promise<Anthropic.Message>): Promise<string> {
  const [block] = (await answer).content
  return block?.type === 'text' ? block.text : 'no text'
}

/** How many requests its queue has, done or not. */
async function countOf(half: Halfrate, client: Deferred): Promise<number> {
  const scope = { project: 'default', queue: client.queue } as never
  return (await half.store.report({ scope })).counts.total
}

async function stored(half: Halfrate, client: Deferred, count: number): Promise<void> {
  await expect.poll(() => countOf(half, client), { timeout: 30_000 }).toBe(count)
}

describe('deferred(half).messages.create', () => {
  test('resolves with the message as the provider sent it, paid at half the price', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const client = deferred(half)
    const message = await client.messages.create(asking('one'))
    expect(message).toMatchObject({
      ...{ type: 'message', role: 'assistant', stop_reason: 'end_turn' },
      content: [{ type: 'text', text: 'answer to one' }],
      usage: { service_tier: 'batch' },
    })
    expect(claude.ledger.billed()).toMatchObject([{ route: 'batch' }])
  })

  test('sends many calls of one stretch in one batch, and one request for all of one content', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const client = deferred(half)
    const words = Array.from({ length: 400 }, (_, index) => `${index % 300}`)
    const texts = words.map((word) => textOf(client.messages.create(asking(word))))
    expect(await Promise.all(texts)).toEqual(words.map((word) => `answer to ${word}`))
    expect(claude.ledger.posts()).toHaveLength(1)
    expect(claude.ledger.billed()).toHaveLength(300)
  })

  test('knows the same content again, however it is written, and other content, salts and queues apart', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const client = deferred(half)
    const { messages, model, max_tokens } = asking('one')
    const again = { max_tokens, stream: false, messages, model } as const
    await client.messages.create(asking('one'))
    await client.messages.create(again)
    await client.messages.create({ ...again, metadata: undefined } as never)
    expect(claude.ledger.billed()).toHaveLength(1)
    await client.messages.create(asking('two'))
    await client.messages.create(asking('one'), { salt: 'second opinion' })
    half.queue('other', { flush: { count: 1, bytes: 1, ageMs: 0 } })
    await deferred(half, { queue: 'other' }).messages.create(asking('one'))
    expect(claude.ledger.billed()).toHaveLength(4)
    const salted = deferred(half, { salt: 'second opinion' })
    expect(salted.keyOf(asking('one'))).toBe(
      client.keyOf(asking('one'), { salt: 'second opinion' }),
    )
    expect(client.keyOf(again)).toBe(client.keyOf(asking('one')))
    expect(salted.keyOf(again)).not.toBe(client.keyOf(again))
  })

  test('a key is that of every version and process', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    expect(deferred(half).keyOf(asking('one'))).toBe('content-6d15ac29b0e8a361bf4228f89617526a')
  })

  test('asks params for what they were when it was called', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const params = asking('one')
    const text = textOf(deferred(half).messages.create(params))
    params.messages = [{ role: 'user', content: 'two' }]
    expect(await text).toBe('answer to one')
  })

  test('gives the stored answer to a program that begins again, and joins what waits', async () => {
    await using claude = await startClaude()
    const store = temporaryStore()
    {
      await using half = await openAt(claude, { store })
      const client = deferred(half)
      await client.messages.create(asking('answered'))
      const left = client.messages.create(asking('waits'))
      const rejected = expect(left).rejects.toBeInstanceOf(StoreClosedError)
      await stored(half, client, 2)
      await half.close()
      await rejected
    }
    await using half = await openAt(claude, { store })
    const client = deferred(half)
    const texts = ['answered', 'waits'].map((word) => textOf(client.messages.create(asking(word))))
    expect(await Promise.all(texts)).toEqual(['answer to answered', 'answer to waits'])
    expect(claude.ledger.billed()).toHaveLength(2)
  })

  test('leaves the work to others where it is told to', async () => {
    await using claude = await startClaude()
    const store = temporaryStore()
    await using half = await openAt(claude, { store })
    await using worker = await openAt(claude, { store })
    const client = deferred(half, { start: false })
    const text = textOf(client.messages.create(asking('one')))
    await stored(half, client, 1)
    expect(await half.holder()).toBeNull()
    await worker.start()
    expect(await text).toBe('answer to one')
  })

  test('bears labels of client and call', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const client = deferred(half, { labels: { team: 'claims', run: '1' } })
    await client.messages.create(asking('one'), { labels: { run: '2' } })
    const life = await half.why(client.keyOf(asking('one')), { queue: client.queue })
    expect(life?.request.labels).toEqual({ team: 'claims', run: '2' })
  })
})

describe('a failure', () => {
  test('says what ended, and what to do', async () => {
    await using claude = await startClaude()
    claude.reply({ error: { type: 'invalid_request_error', message: 'no such tool' } })
    await using half = await openAt(claude)
    const client = deferred(half)
    const error = await client.messages.create(asking('one')).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(RequestEndedError)
    const { result, code, nextStep, message } = error as RequestEndedError
    expect(code).toBe('request_ended')
    expect(result).toMatchObject({ status: 'failed', key: client.keyOf(asking('one')) })
    expect(result.error.code).toBe('errored')
    expect(message).toContain('no such tool')
    expect(nextStep).toContain('retryFailed')
  })

  test('that is stored is given again, until it is asked anew or with another salt', async () => {
    await using claude = await startClaude()
    const heal = claude.reply({ error: { type: 'invalid_request_error', message: 'no' } })
    await using half = await openAt(claude)
    const client = deferred(half)
    const call = (): Promise<string> => textOf(client.messages.create(asking('one')))
    await expect(call()).rejects.toBeInstanceOf(RequestEndedError)
    heal()
    await expect(call()).rejects.toBeInstanceOf(RequestEndedError)
    expect(claude.ledger.posts()).toHaveLength(1)
    const salted = textOf(client.messages.create(asking('one'), { salt: 'b' }))
    expect(await salted).toBe('answer to one')
    const anew = client.messages.create(asking('one'), { retryFailed: true })
    expect(await textOf(anew)).toBe('answer to one')
    expect(await call()).toBe('answer to one')
  })

  test('of one call holds up no other: params that can not be taken, and a stream', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const client = deferred(half)
    const good = textOf(client.messages.create(asking('one')))
    const bad = client.messages.create({ ...asking('two'), max_tokens: 0 })
    await expect(bad).rejects.toBeInstanceOf(InvalidInputError)
    // @ts-expect-error -- a deferred answer comes whole
    const stream = client.messages.create({ ...asking('two'), stream: true })
    await expect(stream).rejects.toThrow(/without stream/)
    const loop: { self?: unknown } = {}
    loop.self = loop
    const circular = client.messages.create({ ...asking('two'), metadata: loop as never })
    await expect(circular).rejects.toBeInstanceOf(InvalidInputError)
    expect(await good).toBe('answer to one')
  })

  test('is told at once where the program is wrong', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    expect(() => deferred({ ...half })).toThrow(/itself and no copy/)
    expect(() => deferred(half, { ques: 'a' } as never)).toThrow(/Was queue meant/)
    expect(() => deferred(half, { queue: 'a b' })).toThrow(ConfigError)
    const headers = deferred(half).messages.create(asking('one'), { headers: {} } as never)
    await expect(headers).rejects.toThrow(/no option "headers"/)
  })

  test('names a key that asks for something else, waiting or stored', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const client = deferred(half)
    const one = textOf(client.messages.create(asking('one'), { key: 'mine' }))
    const waiting = client.messages.create(asking('two'), { key: 'mine' })
    await expect(waiting).rejects.toBeInstanceOf(KeyTakenError)
    expect(await one).toBe('answer to one')
    const later = client.messages.create(asking('two'), { key: 'mine' })
    await expect(later).rejects.toBeInstanceOf(KeyTakenError)
    expect(await textOf(client.messages.create(asking('one'), { key: 'mine' }))).toBe(
      'answer to one',
    )
  })

  test('is no store that does not answer for a moment, and is one that a person has to mend', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const client = deferred(half)
    const put = vi.spyOn(half.store, 'putRequests')
    const read = vi.spyOn(half.store, 'readResults')
    put.mockRejectedValueOnce(new StoreUnavailableError('away'))
    read.mockRejectedValueOnce(new StoreUnavailableError('away'))
    expect(await textOf(client.messages.create(asking('one')))).toBe('answer to one')
    put.mockRejectedValueOnce(new StoreAccessError('full', 'Make room.'))
    await expect(client.messages.create(asking('two'))).rejects.toBeInstanceOf(StoreAccessError)
    expect(await textOf(client.messages.create(asking('two')))).toBe('answer to two')
  })

  test('is a key of the provider that is missing, before anything is stored', async () => {
    await using half = await openHalfrate({ store: temporaryStore() })
    const client = deferred(half)
    await expect(client.messages.create(asking('one'))).rejects.toBeInstanceOf(ConfigError)
    expect(await countOf(half, client)).toBe(0)
  })
})

describe('a call that is let go', () => {
  test('rejects with the reason, and is canceled when it waits alone', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const client = deferred(half, { start: false })
    const [leaving, staying] = [new AbortController(), new AbortController()]
    const left = client.messages.create(asking('left'), { signal: leaving.signal })
    const shared = client.messages.create(asking('shared'), { signal: leaving.signal })
    const other = client.messages.create(asking('shared'), { signal: staying.signal })
    await stored(half, client, 2)
    leaving.abort(new RangeError('enough'))
    await expect(left).rejects.toThrow('enough')
    await expect(shared).rejects.toThrow('enough')
    const whyLeft = () => half.why(client.keyOf(asking('left')), { queue: client.queue })
    await expect
      .poll(async () => (await whyLeft())?.request.state, { timeout: 30_000 })
      .toBe('done')
    expect((await whyLeft())?.request.verdict?.status).toBe('canceled')
    await half.start()
    expect(await textOf(other)).toBe('answer to shared')
    expect(claude.ledger.billed()).toHaveLength(1)
    expect(await textOf(client.messages.create(asking('left')))).toBe('answer to left')
  })

  test('before it is stored is never stored, and with a signal that is aborted never asked', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const client = deferred(half)
    const leaving = new AbortController()
    const left = client.messages.create(asking('left'), { signal: leaving.signal })
    leaving.abort()
    await expect(left).rejects.toMatchObject({ name: 'AbortError' })
    const never = deferred(half, { signal: leaving.signal }).messages.create(asking('never'))
    await expect(never).rejects.toMatchObject({ name: 'AbortError' })
    expect(await textOf(client.messages.create(asking('one')))).toBe('answer to one')
    expect(await countOf(half, client)).toBe(1)
  })

  test('takes nothing back that another process has put there', async () => {
    await using claude = await startClaude()
    const store = temporaryStore()
    await using one = await openAt(claude, { store })
    await using other = await openAt(claude, { store })
    const mine = deferred(one, { start: false })
    const text = textOf(mine.messages.create(asking('one')))
    await stored(one, mine, 1)
    const leaving = new AbortController()
    const joined = deferred(other, { start: false, signal: leaving.signal })
    const left = joined.messages.create(asking('one'))
    const read = vi.spyOn(other.store, 'readResults')
    await expect.poll(() => read.mock.calls.length, { timeout: 30_000 }).toBeGreaterThan(0)
    leaving.abort()
    await expect(left).rejects.toMatchObject({ name: 'AbortError' })
    await one.start()
    expect(await text).toBe('answer to one')
  })

  test('rejects at its deadline, and is canceled then', async () => {
    await using claude = await startEmulator({ seed: 7 })
    await using half = await openHalfrate({ store: temporaryStore(), emulator: claude })
    const client = deferred(half, { start: false, deadlineMs: 3_600_000 })
    const waiting = client.messages.create(asking('one'))
    const rejected = expect(waiting).rejects.toBeInstanceOf(DeadlinePassedError)
    await stored(half, client, 1)
    await claude.clock.advance('2h')
    await rejected
    const why = () => half.why(client.keyOf(asking('one')), { queue: client.queue })
    await expect
      .poll(async () => (await why())?.request.verdict?.status, { timeout: 30_000 })
      .toBe('canceled')
  })

  test('that somebody else canceled rejects, and is sent anew when it is called again', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const client = deferred(half, { start: false })
    const waiting = client.messages.create(asking('one'))
    const rejected = expect(waiting).rejects.toMatchObject({ result: { status: 'canceled' } })
    await stored(half, client, 1)
    const life = await half.why(client.keyOf(asking('one')), { queue: client.queue })
    const ids = [life?.request.id] as never
    await half.store.cancel({ project: 'default' as never, requestIds: ids, reason: 'canceled' })
    await rejected
    await half.start()
    expect(await textOf(client.messages.create(asking('one')))).toBe('answer to one')
  })
})

test('a request that is sent again by hand while its call waits is waited for under its new id', async () => {
  await using claude = await startClaude()
  await using half = await openAt(claude)
  const client = deferred(half, { start: false })
  const queue = 'deferred' as QueueName
  const project = 'default' as never
  const read = vi.spyOn(half.store, 'readResults')
  let open = (): void => undefined
  const isOpened = new Promise<void>((resolve) => {
    open = resolve
  })
  read.mockImplementationOnce(async (page) => {
    await isOpened
    return await half.store.readResults(page)
  })
  const text = textOf(client.messages.create(asking('one')))
  await stored(half, client, 1)
  const life = await half.why(client.keyOf(asking('one')), { queue })
  const id = life?.request.id as never
  await half.store.cancel({ project, requestIds: [id], reason: 'canceled' })
  await half.store.retry({ project, rows: [{ requestId: id, changed: null }] })
  open()
  await half.start()
  expect(await text).toBe('answer to one')
})
