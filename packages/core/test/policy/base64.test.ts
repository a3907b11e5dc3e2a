import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeBase64 } from '../../src/policy/base64.js'

test('bytes are written as Node writes them, and nothing beside them is touched', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(5), (bytes, at) => {
      const target = new Uint8Array(200).fill(0x2e)
      const end = writeBase64(bytes, target, at)
      const text = Buffer.from(bytes).toString('base64')
      expect(Buffer.from(target).toString('latin1')).toBe(
        `${'.'.repeat(at)}${text}`.padEnd(200, '.'),
      )
      expect(end).toBe(at + text.length)
    }),
  )
})
