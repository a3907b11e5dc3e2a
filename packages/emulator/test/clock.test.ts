import {
  EmulatorError,
  InvalidOptionError,
  parseDuration,
  parseStartLine,
  VirtualClock,
  virtualNow,
} from '@halfrate/emulator'
import { describe, expect, test } from 'vitest'

describe('virtual time', () => {
  test('runs by its factor from its start', () => {
    const clock = { origin: 1_000, start: 50_000, factor: 600 }
    expect(virtualNow(clock, 1_000)).toBe(50_000)
    expect(virtualNow(clock, 1_100)).toBe(110_000)
  })

  test('can be put forward, and tells those who wait for it', () => {
    const clock = new VirtualClock({ origin: 0, start: 0, factor: 1 }, () => 10)
    const heard: number[] = []
    const stop = clock.onAdvance((now) => heard.push(now))
    clock.advance('2h')
    clock.advance(500)
    stop()
    clock.advance(1)
    expect(heard).toEqual([7_200_010, 7_200_510])
    expect(virtualNow(clock.setting, 10)).toBe(clock.now())
  })

  test('never goes back and never stands still', () => {
    const make = (factor: number): VirtualClock =>
      new VirtualClock({ origin: 0, start: 0, factor }, () => 0)
    expect(() => make(0)).toThrow(InvalidOptionError)
    expect(() => make(1).advance(-1)).toThrow(InvalidOptionError)
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
