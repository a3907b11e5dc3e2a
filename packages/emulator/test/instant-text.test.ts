import { describe, expect, it } from 'vitest'
import { httpDate, rfc3339 } from '../src/model/instant-text.js'
import { SeededRandom } from '../src/model/seeded-random.js'

const random = new SeededRandom(1)
const INSTANTS = [
  0,
  -1,
  951_782_399_999,
  Date.UTC(2028, 1, 29, 23, 59, 59, 999),
  ...Array.from({ length: 2_000 }, () => random.between(-1_000_000_000_000, 4_102_444_800_000)),
]

describe('instants as text', () => {
  it('are in RFC 3339 what the platform writes, with microseconds', () => {
    for (const at of INSTANTS) {
      const micros = random.between(0, 999)
      const platform = new Date(at).toISOString().slice(0, -1)
      expect(rfc3339(at, micros)).toBe(`${platform}${String(micros).padStart(3, '0')}Z`)
    }
  })

  it('are in HTTP what the platform writes', () => {
    for (const at of INSTANTS) expect(httpDate(at)).toBe(new Date(at).toUTCString())
  })

  it('are cut to whole milliseconds', () => {
    expect(rfc3339(1.75)).toBe('1970-01-01T00:00:00.001000Z')
  })
})
