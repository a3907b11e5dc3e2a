import { describe, expect, it } from 'vitest'
import { clockSkew } from '../../src/policy/clock-skew.js'

const AT = Date.UTC(2026, 10, 21, 12)

describe('the clocks of the store and the provider', () => {
  it('agree within half a minute and the second that dates are cut to', () => {
    expect(clockSkew({ askedAt: AT, serverAt: AT, answeredAt: AT + 200 })).toBeNull()
    expect(clockSkew({ askedAt: AT + 31_000, serverAt: AT, answeredAt: AT + 31_200 })).toBeNull()
    expect(clockSkew({ askedAt: AT, serverAt: AT + 30_200, answeredAt: AT + 200 })).toBeNull()
  })

  it('differ by what no slow call can explain', () => {
    expect(clockSkew({ askedAt: AT + 31_001, serverAt: AT, answeredAt: AT + 31_200 })).toBe(30_001)
    expect(clockSkew({ askedAt: AT, serverAt: AT + 30_201, answeredAt: AT + 200 })).toBe(-30_001)
  })

  it('cannot be told apart from a call that took minutes', () => {
    expect(clockSkew({ askedAt: AT, serverAt: AT + 90_000, answeredAt: AT + 120_000 })).toBeNull()
  })
})
