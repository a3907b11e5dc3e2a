import { createHash, createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  CUSTOM_ID_LENGTH,
  type Hmac,
  makeCustomId,
  type Nonce,
  nonceFrom,
  parseCustomId,
  type RequestId,
  type Sealing,
  verifyCustomId,
} from '../../src/index.js'
import { keyTailOf } from '../../src/policy/key-tail.js'

const hmac: Hmac = (key, message) =>
  new Uint8Array(createHmac('sha256', key).update(message).digest())
const key = new Uint8Array(32).fill(7)
const otherKey = new Uint8Array(32).fill(8)
const sealing: Sealing = { hmac, keys: [key], workspaceId: 'wrkspc_1' }

const anyRequestId = fc.maxSafeNat().map((value) => value as RequestId)
const anyNonce = fc.uint8Array({ minLength: 9, maxLength: 9 }).map(nonceFrom)

test('an id has 42 characters that the provider takes, at fixed places', () => {
  fc.assert(
    fc.property(anyRequestId, anyNonce, (requestId, nonce) => {
      const id = makeCustomId(requestId, nonce, sealing)
      expect(id).toHaveLength(CUSTOM_ID_LENGTH)
      expect(id).toMatch(/^h1[0-9a-hjkmnp-tv-z]{40}$/)
      expect(id.slice(13, 26)).toBe(nonce)
    }),
  )
  expect(CUSTOM_ID_LENGTH).toBe(42)
})

test('what goes in comes out, and is proven', () => {
  fc.assert(
    fc.property(anyRequestId, anyNonce, (requestId, nonce) => {
      const id = makeCustomId(requestId, nonce, sealing)
      expect(parseCustomId(id)).toEqual({ requestId, nonce, seal: id.slice(26) })
      expect(verifyCustomId(id, sealing)).toBe(true)
    }),
  )
})

test('the id is version, number and nonce, and the first 80 bits of their HMAC with the workspace', () => {
  const base32 = (value: bigint, width: number): string =>
    [...value.toString(32).padStart(width, '0')]
      .map((digit) => '0123456789abcdefghjkmnpqrstvwxyz'.charAt(Number.parseInt(digit, 32)))
      .join('')
  fc.assert(
    fc.property(anyRequestId, anyNonce, (requestId, nonce) => {
      const head = `h1${base32(BigInt(requestId), 11)}${nonce}`
      const mac = createHmac('sha256', key).update(`${head}|wrkspc_1`).digest('hex')
      const seal = base32(BigInt(`0x${mac.slice(0, 20)}`), 16)
      expect(makeCustomId(requestId, nonce, sealing)).toBe(head + seal)
    }),
  )
})

test('an id of which one character was changed is not proven', () => {
  const place = fc.integer({ min: 0, max: CUSTOM_ID_LENGTH - 1 })
  fc.assert(
    fc.property(anyRequestId, anyNonce, place, (requestId, nonce, at) => {
      const id = makeCustomId(requestId, nonce, sealing)
      const other = id.charAt(at) === '0' ? '1' : '0'
      const changed = id.slice(0, at) + other + id.slice(at + 1)
      expect(verifyCustomId(changed, sealing)).toBe(false)
    }),
  )
})

test('a key that is going out of use still proves, a stranger and another workspace do not', () => {
  const id = makeCustomId(1 as RequestId, '0000000000000' as Nonce, sealing)
  expect(verifyCustomId(id, { ...sealing, keys: [otherKey, key] })).toBe(true)
  expect(verifyCustomId(id, { ...sealing, keys: [otherKey] })).toBe(false)
  expect(verifyCustomId(id, { ...sealing, keys: [] })).toBe(false)
  expect(verifyCustomId(id, { ...sealing, workspaceId: 'wrkspc_2' })).toBe(false)
  expect(verifyCustomId(id, { ...sealing, workspaceId: null })).toBe(false)
})

test('new ids are sealed with the newest key', () => {
  const id = makeCustomId(1 as RequestId, '0000000000000' as Nonce, {
    ...sealing,
    keys: [otherKey, key],
  })
  expect(verifyCustomId(id, { ...sealing, keys: [otherKey] })).toBe(true)
  expect(verifyCustomId(id, sealing)).toBe(false)
})

test('a tail of the caller’s key may follow and is not part of the proof', () => {
  const keys = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
  fc.assert(
    fc.property(anyRequestId, anyNonce, keys, (requestId, nonce, key) => {
      const head = makeCustomId(requestId, nonce, sealing)
      const id = head + keyTailOf(key, new Uint8Array(createHash('sha256').update(key).digest()))
      expect(parseCustomId(id)).toEqual(parseCustomId(head))
      expect(verifyCustomId(id, sealing)).toBe(true)
    }),
  )
})

test.each([
  ['', 'nothing'],
  ['my-request-1', "a caller's own id"],
  [`h2${'0'.repeat(40)}`, 'another version'],
  [`h1${'0'.repeat(39)}`, 'one that is too short'],
  [`h1${'i'.repeat(40)}`, 'letters that are not in the alphabet'],
  [`h1${'U'.repeat(40)}`, 'upper case'],
  [`h1zzzzzzzzzzz${'0'.repeat(29)}`, 'a number that is too large'],
])('%j is no id of ours: %s', (text) => {
  expect(parseCustomId(text)).toBeNull()
  expect(verifyCustomId(text, sealing)).toBe(false)
})

test('any text can be looked at without harm', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      parseCustomId(text)
      expect(verifyCustomId(text, sealing)).toBe(false)
    }),
  )
})

test('nonces are 13 characters and differ', () => {
  const nonces = Array.from({ length: 1_000 }, () => nonceFrom(randomBytes(9)))
  expect(new Set(nonces).size).toBe(1_000)
  for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-hjkmnp-tv-z]{13}$/)
})
