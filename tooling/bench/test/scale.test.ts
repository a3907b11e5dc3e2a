import { ConfigError } from '@halfrate/core'
import { expect, test } from 'vitest'
import { judgeScale, type Measured, type ScaleRun } from '../src/scale/judge-scale.js'
import { parseScaleOptions } from '../src/scale/options.js'
import { PHASES, type Phase } from '../src/scale/phases.js'

const ROWS = 1_000_000
const MEGABYTE = 1024 * 1024
const WELL: Measured = {
  ms: 10_000,
  lastTenth: 0.9,
  peakBytes: 200 * MEGABYTE,
  delayMs: { p99: 40, max: 80 },
}

/** A run whose phases all went well, but for what is said of one. */
function aRun(phase: Phase = 'plan', over: Partial<Measured> = {}): ScaleRun {
  const all = PHASES.map((each) => [each, each === phase ? { ...WELL, ...over } : WELL])
  return Object.fromEntries(all) as ScaleRun
}

const SMALL = aRun('plan', { ms: 1_000 })

function missed(large: ScaleRun, kind: 'sqlite' | 'postgres' = 'sqlite'): readonly string[] {
  const verdicts = judgeScale({ kind, rows: ROWS }, SMALL, large)
  return verdicts.flatMap(({ isReached, text }) => (isReached ? [] : [text]))
}

test('a run within all floors misses none', () => {
  expect(missed(aRun())).toEqual([])
  expect(missed(aRun(), 'postgres')).toEqual([])
})

test('a phase that holds more than 300 MB misses the floor of memory, in whichever it is', () => {
  for (const phase of ['intake', 'plan', 'collect', 'export'] as const) {
    const [text, ...more] = missed(aRun(phase, { peakBytes: 301 * MEGABYTE }))
    expect(text).toMatch(/^peak 301 MB/)
    expect(more).toEqual([])
  }
  expect(missed(aRun('prepare', { peakBytes: 999 * MEGABYTE }))).toEqual([])
})

test('an event loop that is late too often, or once for too long, misses the floor of delay', () => {
  expect(missed(aRun('collect', { delayMs: { p99: 250, max: 500 } }))).toEqual([])
  expect(missed(aRun('collect', { delayMs: { p99: 251, max: 260 } }))).toHaveLength(1)
  expect(missed(aRun('collect', { delayMs: { p99: 40, max: 501 } }), 'postgres')[0]).toMatch(
    /^event loop late by 40 ms \(p99, floor <= 250\), 501 ms at most/,
  )
})

test('planning is held against its floors on SQLite alone', () => {
  const slow = aRun('plan', { ms: 30_000 })
  expect(missed(slow)[0]).toMatch(/^plan and seal: 33333 requests\/s/)
  expect(missed(slow, 'postgres')).toEqual([])
})

test('size and kind of store are read from the command line', () => {
  expect(parseScaleOptions([])).toEqual({ rows: 1_000_000, kind: 'sqlite' })
  expect(parseScaleOptions(['--', '100000', '--store', 'postgres'])).toEqual({
    rows: 100_000,
    kind: 'postgres',
  })
  for (const words of [['5'], ['1005'], ['many'], ['1000', '2000'], ['--store', 'x'], ['--no']]) {
    expect(() => parseScaleOptions(words), words.join(' ')).toThrow(ConfigError)
  }
})
