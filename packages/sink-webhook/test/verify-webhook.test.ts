import { Webhook as Reference } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { newWebhookSecret, verifyWebhook } from '../src/index.js'

const NOW = Date.UTC(2026, 10, 23, 12)
const SECRET = newWebhookSecret()
const BODY = '{"type":"request.done","data":{}}'

function signed(secret: string = SECRET, at: number = NOW) {
  const headers = {
    'webhook-id': 'result_1',
    'webhook-timestamp': String(at / 1_000),
    'webhook-signature': new Reference(secret).sign('result_1', new Date(at), BODY),
  }
  return { headers, body: BODY }
}

describe('a webhook', () => {
  test('that others signed is good, by either secret, and with the headers of fetch', () => {
    const good = { type: 'good', id: 'result_1', sentAt: NOW }
    expect(verifyWebhook(signed(), [SECRET], NOW)).toEqual(good)
    expect(verifyWebhook(signed(), [newWebhookSecret(), SECRET], NOW)).toEqual(good)
    const { headers, body } = signed()
    const fetched = { headers: new Headers(headers), body: Buffer.from(body) }
    expect(verifyWebhook(fetched, [SECRET], NOW)).toEqual(good)
    const several = {
      ...headers,
      'webhook-signature': `v1,AAAA v2,x ${headers['webhook-signature']}`,
    }
    expect(verifyWebhook({ headers: several, body }, [SECRET], NOW)).toEqual(good)
  })

  test.each([
    ['another body', { body: `${BODY} ` }],
    ['another id', { headers: { ...signed().headers, 'webhook-id': 'result_2' } }],
    ['another time', { headers: { ...signed().headers, 'webhook-timestamp': '1' } }],
    ['another secret', signed(newWebhookSecret())],
    [
      'another version',
      {
        headers: {
          ...signed().headers,
          'webhook-signature': signed().headers['webhook-signature'].replace('v1,', 'v1a,'),
        },
      },
    ],
  ])('with %s is forged', (_, other) => {
    expect(verifyWebhook({ ...signed(), ...other }, [SECRET], NOW)).toEqual({ type: 'forged' })
  })

  test('of long ago, or of the future, is stale', () => {
    for (const at of [NOW - 301_000, NOW + 301_000]) {
      expect(verifyWebhook(signed(SECRET, at), [SECRET], NOW)).toEqual({ type: 'stale' })
    }
    expect(verifyWebhook(signed(SECRET, NOW - 299_000), [SECRET], NOW).type).toBe('good')
  })

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'without %s is incomplete',
    (name) => {
      const { headers, body } = signed()
      const rest = { ...headers, [name]: undefined }
      expect(verifyWebhook({ headers: rest, body }, [SECRET], NOW)).toEqual({ type: 'incomplete' })
    },
  )
})
