import { type AccountId, ConfigError, DEFAULT_API_VERSION, type EpochMs } from '@halfrate/core'
import { Exchange } from './exchange.js'
import type { HttpAccount, HttpSettings } from './options.js'
import { isFetchPlain } from './plain-fetch.js'
import { Secrets } from './secrets.js'
import { type ApiError, readEnvelope } from './wire/envelope.js'
import { readHttpDate } from './wire/instant.js'

/** One call of the API. */
export interface ApiCall {
  readonly account: AccountId
  readonly method: 'get' | 'post'
  /** Makes the path. May throw; the call then fails without a byte. */
  readonly path: () => string
  /** Lists are written with brackets: `group_by[]`. */
  readonly query?: Readonly<Record<string, string | number | readonly string[]>> | undefined
  /** Makes headers besides those of every call. May throw, like {@link ApiCall.path}. */
  readonly headers?: (() => Readonly<Record<string, string>>) | undefined
  readonly body?: ReadableStream<Uint8Array> | Uint8Array | undefined
  /** What carries this call instead of the `fetch` of the settings, if that is Node's own. */
  readonly carrier?: typeof fetch | undefined
  /** From the call to the whole answer, or to the headers of one that is streamed. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Leaves the body of a 200 to the caller. Default false. */
  readonly isStreamed?: boolean
  /** Told as soon as an answer begins. */
  readonly onStatus?: (status: number) => void
}

/** An answer that came whole, whoever gave it. */
export interface ApiAnswer {
  readonly type: 'answer'
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown
  /** The API's error in it; null when there is none. */
  readonly error: ApiError | null
  /** The `date` header, else the client's clock. */
  readonly serverAt: EpochMs
  readonly secrets: Secrets
}

/** A 200 whose body is still to come. */
export interface ApiStream {
  readonly type: 'stream'
  readonly response: Response
  readonly secrets: Secrets
}

/** No answer, or one that broke off. */
export interface ApiSilence {
  readonly type: 'silence'
  /** Status of the answer that broke off; null when none began. */
  readonly status: number | null
  readonly problem: string
  readonly secrets: Secrets
}

/** What became of a call. */
export type ApiReply = ApiAnswer | ApiStream | ApiSilence

/** Calls the API through the SDK, each call once. Never throws; whatever went wrong is a reply. */
export class ApiClient {
  readonly settings: HttpSettings

  constructor(settings: HttpSettings) {
    this.settings = settings
  }

  /** Makes one call. */
  async call(call: ApiCall): Promise<ApiReply> {
    const secrets = new Secrets()
    let exchange: Exchange | null = null
    try {
      const account = this.#accountOf(call.account, secrets)
      exchange = new Exchange({
        fetch: this.#carrierOf(call),
        auth: account.auth ?? 'bearer',
        isStreamed: call.isStreamed ?? false,
        onStatus: call.onStatus,
      })
      await this.#send(call, account, exchange)
      return this.#replyOf(exchange, secrets, null)
    } catch (error) {
      return this.#replyOf(exchange, secrets, error)
    }
  }

  #carrierOf({ carrier }: ApiCall): typeof fetch {
    if (this.settings.fetch !== null) return this.settings.fetch
    return carrier !== undefined && isFetchPlain() ? carrier : globalThis.fetch
  }

  #accountOf(id: AccountId, secrets: Secrets): HttpAccount {
    const account = this.settings.accounts(id)
    const { apiKey, authToken } = account
    if ((apiKey === undefined) === (authToken === undefined)) {
      // The SDK would look for a credential in the environment, where another account's may lie.
      throw new ConfigError(
        `Account ${id}: expected either apiKey or authToken.`,
        'Give the account one credential.',
      )
    }
    secrets.add(authToken)
    secrets.add(passwordOf(account.baseUrl))
    if (typeof apiKey !== 'function') {
      secrets.add(apiKey)
      return account
    }
    const fetched = async (): Promise<string> => {
      const key = await apiKey()
      secrets.add(key)
      return key
    }
    return { ...account, apiKey: fetched }
  }

  async #send(call: ApiCall, account: HttpAccount, exchange: Exchange): Promise<void> {
    // Loading the SDK takes longer than most commands, so those that call nobody never load it.
    const { Anthropic } = await import('@anthropic-ai/sdk')
    const client = new Anthropic({
      apiKey: account.apiKey ?? null,
      authToken: account.authToken ?? null,
      webhookKey: null,
      baseURL: account.baseUrl,
      maxRetries: 0,
      logLevel: 'off',
      openTelemetry: false,
      fetch: exchange.fetch,
    })
    const { userAgent } = this.settings
    const request = client[call.method](call.path(), {
      query: call.query ?? {},
      ...(call.body !== undefined && { body: call.body }),
      headers: {
        'anthropic-version': DEFAULT_API_VERSION,
        ...(userAgent !== null && { 'user-agent': userAgent }),
        ...(account.workspaceId && { 'anthropic-workspace-id': account.workspaceId }),
        ...call.headers?.(),
      },
      maxRetries: 0,
      timeout: call.timeoutMs,
      signal: call.signal,
    })
    await request.asResponse()
  }

  #replyOf(exchange: Exchange | null, secrets: Secrets, error: unknown): ApiReply {
    if (exchange?.streamed) return { type: 'stream', response: exchange.streamed, secrets }
    // The SDK throws for every answer that is not a 2xx; an answer that came whole is one all the same.
    if (exchange?.whole) {
      const { status, headers, text } = exchange.whole
      const json = parseJson(text)
      const serverAt = readHttpDate(headers.get('date')) ?? this.settings.now()
      const apiError = readEnvelope(json)
      return { type: 'answer', status, headers, text, json, error: apiError, serverAt, secrets }
    }
    return { type: 'silence', status: exchange?.status ?? null, problem: reasonOf(error), secrets }
  }
}

function passwordOf(baseUrl: string): string | undefined {
  return URL.canParse(baseUrl) ? new URL(baseUrl).password : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The innermost reason: the SDK and fetch wrap what happened in "Connection error." and "fetch failed". */
function reasonOf(error: unknown): string {
  let reason = ''
  for (let link = error, depth = 0; link instanceof Error && depth < 10; depth += 1) {
    const code = 'code' in link && typeof link.code === 'string' ? link.code : ''
    const words = link.message === '' ? code : link.message
    if (words !== '') reason = words
    link = link.cause
  }
  return reason === '' ? 'The call failed.' : reason
}
