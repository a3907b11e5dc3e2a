import {
  EmulatorError,
  InvalidOptionError,
  parseDuration,
  parseStartLine,
  VirtualClock,
  virtualNow,
} from '@halfrate/emulator'
import { describe, expect, test } from 'vitest'

function standing(): VirtualClock {
  return new VirtualClock({ origin: 0, start: 0, factor: 0 }, { realNow: () => 10 })
}

describe('virtual time', () => {
  test('runs by its factor from its start', () => {
    const clock = { origin: 1_000, start: 50_000, factor: 600 }
    expect(virtualNow(clock, 1_000)).toBe(50_000)
    expect(virtualNow(clock, 1_100)).toBe(110_000)
  })

  test('can be put forward, and stands still else', async () => {
    let real = 10
    const clock = new VirtualClock({ origin: 0, start: 500, factor: 0 }, { realNow: () => real })
    await clock.advance('2h')
    real = 1_000_000
    expect(clock.now()).toBe(7_200_500)
    expect(virtualNow(clock.setting, real)).toBe(clock.now())
    expect(virtualNow(clock, real)).toBe(clock.now())
  })

  test('wakes whoever sleeps on it in the order of being due, each at its own instant', async () => {
    const clock = standing()
    const woken: [string, number][] = []
    const sleep = async (name: string, ms: number): Promise<void> => {
      await clock.sleep({ ms })
      woken.push([name, clock.now()])
      if (name === 'a' && clock.now() < 60) await sleep('a', 20)
    }
    void sleep('late', 101)
    void sleep('b', 50)
    void sleep('a', 20)
    await clock.advance(100)
    expect(woken).toEqual([
      ['a', 20],
      ['a', 40],
      ['b', 50],
      ['a', 60],
    ])
    expect(clock.now()).toBe(100)
    await clock.advance(1)
    expect(woken.at(-1)).toEqual(['late', 101])
  })

  test('ends a sleep at once when its signal is aborted', async () => {
    const clock = standing()
    const given = new AbortController()
    const slept = clock.sleep({ ms: 1_000, signal: given.signal })
    given.abort()
    await slept
    await clock.sleep({ ms: 1_000, signal: given.signal })
    await clock.sleep({ ms: 0 })
    expect(clock.now()).toBe(0)
  })

  test('serves one advance after another', async () => {
    const clock = standing()
    await Promise.all([clock.advance('1h'), clock.advance('1h'), clock.advance(1)])
    expect(clock.now()).toBe(7_200_001)
  })

  test('with a factor, sleeps end by themselves', async () => {
    const clock = new VirtualClock(
      { origin: Date.now(), start: 0, factor: 1_000_000 },
      { realNow: () => Date.now() },
    )
    // Keeps the process alive, which a sleep does not.
    const alive = setInterval(() => undefined, 1_000)
    await clock.sleep({ ms: 10_000_000 })
    clearInterval(alive)
    expect(clock.now()).toBeGreaterThanOrEqual(10_000_000)
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(10_000_000)
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '-2h', 'soon', '', null])(
    'is not put forward by %j',
    async (by) => {
      const clock = standing()
      await expect(clock.advance(by as number)).rejects.toThrow(/^advance: expected .* got /)
      expect(clock.now()).toBe(0)
    },
  )

  test('has a setting of numbers from 0', () => {
    const make = (factor: number): VirtualClock =>
      new VirtualClock({ origin: 0, start: 0, factor }, { realNow: () => 0 })
    expect(() => make(-1)).toThrow(InvalidOptionError)
    expect(() => make(Number.NaN)).toThrow('clock.factor: expected a number from 0, got null.')
  })

  test.each([
    ['0', 0],
    ['500ms', 500],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5d', 129_600_000],
  ])('%s is %i ms', (span, ms) => {
    expect(parseDuration(span, 'span')).toBe(ms)
  })

  test.each(['', '5', 'm', '5 m', '-5m', '5x'])('%j is no span', (span) => {
    expect(() => parseDuration(span, 'span')).toThrow(/^span: expected a time such as/)
  })
})

describe('the start line', () => {
  const line = {
    url: 'http://127.0.0.1:1',
    clock: { origin: 1, start: 2, factor: 3 },
    seed: 4,
    pid: 5,
  }

  test('is read as it was written', () => {
    expect(parseStartLine(`${JSON.stringify({ ...line, more: true })}\n`)).toEqual(line)
  })

  test.each(['', 'listening', '{}', '{"url":"x","clock":{}}', 'null'])('is not %j', (text) => {
    expect(() => parseStartLine(text)).toThrow(EmulatorError)
  })
})
