import { expect, test } from 'vitest'
import { type Chore, type JobId, StoreUnavailableError, sweepInTurn } from '../../src/index.js'

const trouble = (what: string) => new StoreUnavailableError(what)
const fails = (name: string): Chore => ({ name, run: () => Promise.reject(trouble(name)) })
const works = (name: string, more = false): Chore => ({ name, run: async () => ({ more }) })
const there = async () => undefined

test('a chore that fails stops none of the others, and is named with what it threw', async () => {
  const jobs: Chore = {
    name: 'jobs',
    run: async () => ({ more: false, jobsDone: [7 as JobId] }),
  }
  const swept = await sweepInTurn([fails('leases'), works('a', true), jobs, fails('b')], there)
  expect(swept).toEqual({
    more: true,
    jobsDone: [7],
    failed: [
      { chore: 'leases', error: trouble('leases') },
      { chore: 'b', error: trouble('b') },
    ],
  })
})

test('once the store is found to be away, no other chore waits for it', async () => {
  const done: string[] = []
  const noting = (name: string): Chore => ({
    name,
    run: async () => {
      done.push(name)
      return { more: false }
    },
  })
  const away = () => Promise.reject(trouble('away'))
  await expect(sweepInTurn([noting('a'), fails('b'), noting('c')], away)).rejects.toThrow('away')
  expect(done).toEqual(['a'])
})

test('when nothing could be done, the first reason is thrown', async () => {
  await expect(sweepInTurn([fails('a'), fails('b')], there)).rejects.toThrow('a')
})
