import { describe, expect, test } from 'vitest'
import { checkStoreText, isPostgresUrl, parsePostgresUrl, storeText } from '../src/store-place.js'

describe('the place of a store', () => {
  test.each([
    ['./halfrate.db', false],
    ['postgres.db', false],
    ['postgres://db/halfrate', true],
    ['PostgreSQL://db/halfrate', true],
  ])('%s: a URL of PostgreSQL? %s', (store, is) => {
    expect(isPostgresUrl(store)).toBe(is)
  })

  test.each([
    './halfrate.db',
    ':memory:',
    'c:/half.db',
    'odd:name.db',
    'postgres://db/halfrate',
    'postgresql://db/halfrate',
  ])('%s can be a store', (store) => {
    expect(() => checkStoreText(store)).not.toThrow()
  })

  test.each([
    ['mysql://db/half', 'a store of your own is opened by a program'],
    ['redis://db:6379/0', 'a store of your own is opened by a program'],
    ['https://db/half', 'a store of your own is opened by a program'],
    ['file://half.db', 'Leave file:// out'],
    ['sqlite://half.db', 'Leave sqlite:// out'],
  ])('%s is no path that a file could be made at', (store, nextStep) => {
    expect(() => checkStoreText(store)).toThrow(
      expect.objectContaining({
        code: 'config',
        message: `store: expected the path of a file or a postgres:// URL, got one that begins with ${store.split(':')[0]}://.`,
        nextStep: expect.stringContaining(nextStep),
      }),
    )
  })

  test('members of the query that are ours do not reach the driver', () => {
    const url =
      'postgres://me@db:5433/half?schema=june&pooler=transaction&pool_size=4&durability=unchecked&sslmode=require'
    expect(parsePostgresUrl(url)).toMatchObject({
      url: 'postgres://me@db:5433/half?sslmode=require',
      schema: 'june',
      pooler: 'transaction',
      poolSize: 4,
      durability: 'unchecked',
    })
  })

  test('time-outs have the names, the units and the plain numbers of PostgreSQL', () => {
    const times = (query: string) => parsePostgresUrl(`postgres://me@db/half?${query}`)
    expect(
      times('statement_timeout=30s&lock_timeout=2500&idle_in_transaction_session_timeout=2min'),
    ).toMatchObject({
      url: 'postgres://me@db/half',
      statementTimeoutMs: 30_000,
      lockTimeoutMs: 2_500,
      idleInTransactionTimeoutMs: 120_000,
      connectTimeoutMs: undefined,
      callTimeoutMs: undefined,
    })
    expect(times('connect_timeout=5&call_timeout=1h')).toMatchObject({
      url: 'postgres://me@db/half',
      connectTimeoutMs: 5_000,
      callTimeoutMs: 3_600_000,
    })
    expect(times('connect_timeout=500%20ms')).toMatchObject({ connectTimeoutMs: 500 })
  })

  test.each([
    ['statement_timeout=0', 'nothing may take for ever'],
    ['statement_timeout=-1', 'a plain number is milliseconds'],
    ['lock_timeout=1d', 'such as 500ms, 30s or 2min'],
    ['idle_in_transaction_session_timeout=61min', 'from 1 ms to 1 h'],
    ['connect_timeout=soon', 'a plain number is seconds'],
    ['call_timeout=', 'got ""'],
  ])('%s is refused: %s', (query, said) => {
    try {
      parsePostgresUrl(`postgres://me:hunter2@db/half?${query}`)
      expect.unreachable()
    } catch (error) {
      const { code, message, nextStep } = error as { code: string } & Record<string, string>
      expect(code).toBe('config')
      expect(message).toContain(query.split('=')[0])
      expect(`${message} ${nextStep}`).toContain(said)
      expect(`${message} ${nextStep}`).not.toContain('hunter2')
    }
  })

  test.each([
    'postgres://me@db/half?pooler=session',
    'postgres://me@db/half?pool_size=0',
    'postgres://me@db/half?durability=off',
    'postgres://me:hunter2@db:port/half',
  ])('%s can’t be used, and its password is not repeated', (url) => {
    try {
      parsePostgresUrl(url)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'config' })
      expect(String(error)).not.toContain('hunter2')
    }
  })

  test.each([
    ['/data/half.db', '/data/half.db'],
    ['postgres://me:hunter2@db/half', 'postgres://me@db/half'],
    ['postgres://db/half?password=hunter2&schema=june', 'postgres://db/half?schema=june'],
    ['postgres://me:hunter2@db:port/half?password=hunter2', 'postgres://•••@db:port/half'],
    ['postgres://me:hun@ter2@db:port/half', 'postgres://•••@db:port/half'],
  ])('%s is printed as %s', (store, text) => {
    expect(storeText(store)).toBe(text)
  })
})
