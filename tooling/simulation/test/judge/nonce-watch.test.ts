import type { Nonce } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { NonceWatch } from '../../src/judge/nonce-watch.js'
import { Violations } from '../../src/judge/violation.js'

function watched(): { readonly watch: NonceWatch; readonly violations: Violations } {
  const violations = new Violations(() => 0)
  return { watch: new NonceWatch(violations), violations }
}

const NONCE = '0000000000001' as Nonce

describe('nonces at the wire', () => {
  test('the second post of one is found', () => {
    const { watch, violations } = watched()
    watch.posted(NONCE)
    expect(violations.any).toBe(false)
    watch.posted(NONCE)
    expect(violations.all).toMatchObject([{ invariant: 'I3' }])
  })

  test('what was posted before a backup was put back binds only within the assumptions', () => {
    const { watch, violations } = watched()
    watch.posted(NONCE)
    watch.restart()
    watch.posted(NONCE)
    expect(violations.any).toBe(false)
    violations.confirm()
    expect(violations.all).toMatchObject([{ invariant: 'I3' }])
  })
})
