import { createHmac, timingSafeEqual } from 'node:crypto'

/** What is signed of a webhook. */
export interface SignedParts {
  readonly id: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly body: string | Uint8Array
}

const VERSION = 'v1'

/** The value of `webhook-signature`: one signature for each secret, so that a receiver may have either while they change. */
export function signatureHeader(parts: SignedParts, secrets: readonly Uint8Array[]): string {
  return secrets.map((secret) => `${VERSION},${macOf(parts, secret).toString('base64')}`).join(' ')
}

/** Whether one of the signatures of a header is by one of the secrets. Takes as long whichever it is. */
export function isSignedBy(
  header: string,
  parts: SignedParts,
  secrets: readonly Uint8Array[],
): boolean {
  const macs = secrets.map((secret) => macOf(parts, secret))
  let isSigned = false
  for (const each of header.split(' ')) {
    const [version, encoded = ''] = each.split(',')
    const given = Buffer.from(encoded, 'base64')
    for (const mac of macs) {
      const isThis = given.length === mac.length && timingSafeEqual(given, mac)
      if (isThis && version === VERSION) isSigned = true
    }
  }
  return isSigned
}

function macOf({ id, timestamp, body }: SignedParts, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest()
}
