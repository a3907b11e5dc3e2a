import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Draw } from '../../src/chance/draw.js'
import { simDigest } from '../../src/process/sim-digest.js'

const draw = new Draw(1, 'digest')

function drawn(length: number): Uint8Array {
  return Uint8Array.from({ length }, () => draw.whole(0, 255))
}

describe('simDigest', () => {
  it('seals with the HMAC of production, whatever the length of the key', () => {
    for (const keyLength of [0, 1, 32, 63, 64, 65, 200]) {
      const key = drawn(keyLength)
      for (const length of [0, 1, 26, 300]) {
        const message = drawn(length)
        const expected = createHmac('sha256', key).update(message).digest()
        expect(Buffer.from(simDigest.hmacSha256(key, message))).toEqual(expected)
      }
    }
  })

  it('hashes parts as if they were one', () => {
    const parts = [drawn(3), drawn(0), drawn(90)]
    const expected = createHash('sha256').update(Buffer.concat(parts)).digest().subarray(0, 16)
    expect(Buffer.from(simDigest.hash128(...parts))).toEqual(expected)
  })
})
