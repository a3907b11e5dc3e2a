import { CallEndedError } from './call-ended-error.js'

/** More than any answer but results has: a list page of 1,000 batches is about 700 kB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** An answer that came whole. */
export interface WholeAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** What an {@link Exchange} is made from. */
export interface ExchangeParams {
  readonly fetch: typeof fetch
  readonly auth: 'bearer' | 'x-api-key'
  /** Leaves the body of a 200 to the caller. */
  readonly isStreamed: boolean
  /** Told as soon as an answer begins. */
  readonly onStatus?: ((status: number) => void) | undefined
}

/**
 * One trip over the wire on behalf of the SDK, which builds the request and is not asked what the answer means.
 *
 * The answer is read here, whole and bounded, so that the SDK's time limit, which by itself ends at the headers, covers it.
 */
export class Exchange {
  readonly #params: ExchangeParams
  #isUsed = false
  #status: number | null = null
  #whole: WholeAnswer | null = null
  #streamed: Response | null = null

  constructor(params: ExchangeParams) {
    this.#params = params
  }

  /** Status of the answer that began; null when none did. */
  get status(): number | null {
    return this.#status
  }

  /** The answer, once it is whole. */
  get whole(): WholeAnswer | null {
    return this.#whole
  }

  /** The answer whose body is left to the caller. */
  get streamed(): Response | null {
    return this.#streamed
  }

  /** Goes over the wire, once. */
  readonly fetch: typeof fetch = async (input, init = {}) => {
    // A client that repeats a create by itself makes a second, paid batch. Ours must not, whatever its options come to mean.
    if (this.#isUsed) throw new CallEndedError('A call may go to the provider only once.')
    this.#isUsed = true
    const headers = this.#headersOf(init)
    const response = await this.#params.fetch(input, { ...init, headers, ...redirectOf(init) })
    this.#status = response.status
    this.#params.onStatus?.(response.status)
    if (this.#params.isStreamed && response.status === 200) {
      this.#streamed = response
      return response
    }
    const text = await readText(response)
    this.#whole = { status: response.status, headers: response.headers, text }
    return new Response(isBodiless(response.status) ? null : text, {
      status: response.status,
      headers: response.headers,
    })
  }

  #headersOf(init: RequestInit): Headers {
    const headers = new Headers(init.headers)
    const bearer = headers.get('authorization')
    if (this.#params.auth === 'x-api-key' && bearer !== null) {
      headers.delete('authorization')
      headers.set('x-api-key', bearer.replace(/^Bearer /, ''))
    }
    return headers
  }
}

/**
 * Follows no redirect: it would carry the credential to wherever it points, and nothing in the API redirects.
 *
 * A body is never sent again, but fetch keeps all of it in memory in case it must be, unless a redirect is an error and no
 * window could ask for credentials. Both are said for a body; without one the redirect's status is worth more.
 */
function redirectOf(init: RequestInit): RequestInit {
  return init.body === undefined || init.body === null
    ? { redirect: 'manual' }
    : { redirect: 'error', window: null }
}

/** Whether an answer of this status has no body, whatever its headers say. */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304
}

async function readText(response: Response): Promise<string> {
  if (response.body === null) return ''
  const decoder = new TextDecoder()
  const parts: string[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES)
      throw new CallEndedError('The answer is larger than any of the API.')
    parts.push(decoder.decode(chunk, { stream: true }))
  }
  return parts.join('') + decoder.decode()
}
