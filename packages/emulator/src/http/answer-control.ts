import type { IncomingMessage } from 'node:http'
import type { VirtualClock } from '../clock/virtual-clock.js'
import {
  type Answer,
  EmulatorError,
  type LinesResponse,
  type ProviderModel,
  type Response,
  scriptFaults,
} from '../model/index.js'
import { plainError } from './answer-request.js'
import { batchJson, postJson, rowJson, summaryJson } from './ledger-json.js'
import { readJson } from './read-json.js'

/** A request about the emulator itself. */
export interface AnswerControlParams {
  readonly request: IncomingMessage
  readonly url: URL
  /** What follows `/_emulator/` in the path. */
  readonly name: string
  readonly model: ProviderModel
  readonly clock: VirtualClock
  /** What the start line says. */
  readonly describe: () => object
}

/** Answers for tests and demos in other processes: the ledger, faults, and acts of others. */
export async function answerControl(
  params: AnswerControlParams,
): Promise<Answer<unknown> | LinesResponse> {
  const { request, name, model } = params
  switch (`${request.method} ${name}`) {
    case 'GET ':
      return json(params.describe())
    case 'GET ledger':
      return ledgerAnswer(params)
    case 'POST faults':
      return withBody(params, (script) => {
        scriptFaults(model, script)
        return { ok: true }
      })
    case 'DELETE faults':
      model.clearFaults()
      return json({ ok: true })
    case 'POST foreign':
    case 'POST delete':
    case 'POST cancel':
    case 'POST advance':
      return withBody(params, (body) => act(params, body))
    default:
      request.resume()
      return plainError(404, 'not_found_error', `Not Found: ${request.method} /_emulator/${name}`)
  }
}

function ledgerAnswer(params: AnswerControlParams): Response<unknown> | LinesResponse {
  const { model, clock, url } = params
  const { ledger } = model
  const now = clock.now()
  const rows = url.searchParams.get('rows')
  if (rows !== null) {
    const isAll = rows === 'all'
    return lines(function* () {
      for (const row of ledger.rows(now)) {
        if (isAll || (row.outcome === 'succeeded' && !row.isForeign)) yield rowJson(row)
      }
    })
  }
  if (url.searchParams.has('posts')) return lines(() => ledger.posts().map(postJson))
  if (url.searchParams.has('batches')) return lines(() => ledger.accepted(now).map(batchJson))
  return json(summaryJson(ledger.summary(now), now))
}

/** What others do: a stranger's batch, a deletion or a cancel in the console; and time passes. */
async function act(params: AnswerControlParams, body: unknown): Promise<object> {
  const { name, model, clock } = params
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const now = clock.now()
  if (name === 'foreign') {
    const { count = 1, turnaround_ms } = given
    const time = turnaround_ms === undefined ? {} : { turnaroundMs: Number(turnaround_ms) }
    return { id: model.addForeignBatch({ now, count: Number(count), ...time }) }
  }
  if (name === 'advance') {
    const by = given.by
    await clock.advance(typeof by === 'number' ? by : String(by))
    return params.describe()
  }
  const id = String(given.id)
  const done =
    name === 'delete' ? model.deleteByOthers({ now, id }) : model.cancelByOthers({ now, id })
  return { done }
}

async function withBody(
  params: AnswerControlParams,
  use: (body: unknown) => object | Promise<object>,
): Promise<Response<unknown>> {
  const read = await readJson(params.request)
  if (read.type !== 'json') {
    const detail = read.type === 'malformed' ? read.detail : 'it is too large'
    return plainError(400, 'invalid_request_error', `The request body is not valid JSON: ${detail}`)
  }
  try {
    return json(await use(read.value))
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error
    return plainError(400, 'invalid_request_error', error.message)
  }
}

function json(body: object): Response<unknown> {
  const headers = { 'content-type': 'application/json' }
  return { type: 'response', status: 200, headers, body, end: 'complete' }
}

function lines(make: () => Iterable<object>): LinesResponse {
  return {
    type: 'lines',
    status: 200,
    headers: { 'content-type': 'application/x-jsonl' },
    lines: {
      *[Symbol.iterator]() {
        for (const entry of make()) yield `${JSON.stringify(entry)}\n`
      },
    },
    end: 'complete',
  }
}
