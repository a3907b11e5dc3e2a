import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nodeDigest } from '../src/node-digest.js'

const bytes = fc.uint8Array({ maxLength: 200 })

test('the HMAC is that of the platform, for keys and messages of any length', () => {
  fc.assert(
    fc.property(bytes, bytes, (key, message) => {
      const expected = createHmac('sha256', key).update(message).digest('hex')
      expect(Buffer.from(nodeDigest.hmacSha256(key, message)).toString('hex')).toBe(expected)
    }),
  )
})

test('a hash of parts is the first half of that of the whole', () => {
  fc.assert(
    fc.property(fc.array(bytes, { minLength: 1, maxLength: 4 }), (parts) => {
      const expected = createHash('sha256').update(Buffer.concat(parts)).digest('hex').slice(0, 32)
      expect(Buffer.from(nodeDigest.hash128(...parts)).toString('hex')).toBe(expected)
    }),
  )
})

test('a SHA-256 that runs over parts is that of the whole', () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 4 }), (parts) => {
      const running = nodeDigest.sha256()
      for (const part of parts) running.add(part)
      const expected = createHash('sha256').update(Buffer.concat(parts)).digest('hex')
      expect(Buffer.from(running.end()).toString('hex')).toBe(expected)
    }),
  )
})
