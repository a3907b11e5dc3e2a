import { StoreAccessError, StoreUnavailableError } from '@halfrate/core'
import { expect, test, vi } from 'vitest'
import { patiently } from '../../src/jobs/patiently.js'

const AWAY = new StoreUnavailableError('the store is away')

test('what does not answer for a moment is asked again', async () => {
  const read = vi.fn().mockRejectedValueOnce(AWAY).mockResolvedValue(7)
  expect(await patiently(read)).toBe(7)
  expect(read).toHaveBeenCalledTimes(2)
})

test('what is away for longer than anybody waits is told', async () => {
  const read = vi.fn().mockRejectedValue(AWAY)
  await expect(patiently(read, 1_000)).rejects.toBe(AWAY)
  expect(read).toHaveBeenCalledTimes(1)
})

test('what a person has to mend first is not waited for', async () => {
  const damaged = new StoreAccessError('the store is damaged', 'Put it back from a backup.')
  const read = vi.fn().mockRejectedValue(damaged)
  await expect(patiently(read)).rejects.toBe(damaged)
  expect(read).toHaveBeenCalledTimes(1)
})
