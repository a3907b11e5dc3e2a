import { ConfigError } from '@halfrate/core'
import { startEmulator } from '@halfrate/emulator'
import { describe, expect, test } from 'vitest'
import { openHalfrate } from '../src/index.js'
import { rowsOf, temporaryStore } from './jobs/open-jobs.js'

describe("on an emulator's clock that stands still", () => {
  test('a job is done when the clock was put forward far enough, and not before', async () => {
    await using claude = await startEmulator({ seed: 7 })
    claude.fault('create', { loseResponse: true, times: 1 })
    await using half = await openHalfrate({ store: ':memory:', emulator: claude })
    const job = await half.run('t', rowsOf(2))
    await claude.clock.advance('1s')
    expect(await job.report()).toMatchObject({ succeeded: 0, isDone: false })
    await claude.clock.advance('2h')
    expect(await job.report()).toMatchObject({ succeeded: 2, isDone: true })
    expect(claude.ledger.billed()).toHaveLength(2)
    expect(claude.ledger.posts()).toHaveLength(1)
  })

  test('results come while a test puts the clock forward', async () => {
    await using claude = await startEmulator({ seed: 7 })
    await using half = await openHalfrate({ store: temporaryStore(), emulator: claude })
    const job = await half.run('t', rowsOf(3))
    const [report] = await Promise.all([job.wait(), claude.clock.advance('3h')])
    expect(report).toMatchObject({ succeeded: 3 })
  })

  test('a stop lets what is under way end, and does not wait for the clock', async () => {
    await using claude = await startEmulator({ seed: 7 })
    await using half = await openHalfrate({ store: ':memory:', emulator: claude })
    const job = await half.run('t', rowsOf(2))
    await half.stop()
    expect(await half.holder()).toBeNull()
    await half.start()
    await claude.clock.advance('2h')
    expect(await job.report()).toMatchObject({ succeeded: 2 })
    expect(claude.ledger.posts()).toHaveLength(1)
  })

  test('a grace that is over cuts off what hangs, by real time', async () => {
    await using claude = await startEmulator({ seed: 7 })
    await using half = await openHalfrate({ store: ':memory:', emulator: claude })
    claude.fault('create', { hang: true, times: 1 })
    const job = await half.run('t', rowsOf(2))
    await claude.clock.advance('1s')
    expect(await job.report()).toMatchObject({ inBatches: 2 })
    await half.stop({ graceMs: 50 })
    expect(await half.holder()).toBeNull()
  })
})

test('an emulator beside an address or a key of another is refused', async () => {
  await using claude = await startEmulator()
  const opened = openHalfrate({ store: ':memory:', emulator: claude, apiKey: 'sk-ant-other' })
  await expect(opened).rejects.toThrow('apiKey: expected none beside an emulator')
  await expect(opened).rejects.toThrow(ConfigError)
})
