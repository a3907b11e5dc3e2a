import { describe, expect, test } from 'vitest'
import { isPostgresUrl, parsePostgresUrl, storeText } from '../src/store-place.js'

describe('the place of a store', () => {
  test.each([
    ['./halfrate.db', false],
    ['postgres.db', false],
    ['postgres://db/halfrate', true],
    ['PostgreSQL://db/halfrate', true],
  ])('%s: a URL of PostgreSQL? %s', (store, is) => {
    expect(isPostgresUrl(store)).toBe(is)
  })

  test('members of the query that are ours do not reach the driver', () => {
    const url =
      'postgres://me@db:5433/half?schema=june&pooler=transaction&pool_size=4&durability=unchecked&sslmode=require'
    expect(parsePostgresUrl(url)).toEqual({
      url: 'postgres://me@db:5433/half?sslmode=require',
      schema: 'june',
      pooler: 'transaction',
      poolSize: 4,
      durability: 'unchecked',
    })
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
