import type { IncomingMessage } from 'node:http'
import type {
  AdminApi,
  Answer,
  CallParams,
  LinesResponse,
  ListParams,
  ProviderModel,
  Response,
  WireErrorType,
} from '../model/index.js'
import { callerOf } from './caller-of.js'
import { readJson } from './read-json.js'
import { receiveCreate } from './receive-create.js'
import { BodyEncodingError } from './request-body.js'
import type { Route } from './route.js'

/** A request to the API, and what answers it. */
export interface AnswerRequestParams {
  readonly request: IncomingMessage
  readonly url: URL
  readonly route: Exclude<Route, { type: 'control' }>
  readonly model: ProviderModel
  readonly admin: AdminApi
  readonly now: () => number
}

/** Any answer of the API; null if the client is gone and there is nobody to answer. */
export type AnyAnswer = Answer<unknown> | LinesResponse | null

/** Asks the model for the answer to a request. */
export async function answerRequest(params: AnswerRequestParams): Promise<AnyAnswer> {
  const { request, route, model, admin, now, url } = params
  if (route.type === 'create') return receiveCreate({ request, model, now })
  if (route.type === 'message' || route.type === 'countTokens') return answerBody(params)
  // The client may send a body where none belongs; it has to be read for the next request to come.
  request.resume()
  const call: CallParams = { now: now(), caller: callerOf(request) }
  switch (route.type) {
    case 'list':
      return model.list({ ...call, ...pageOf(url.searchParams) })
    case 'retrieve':
    case 'cancel':
    case 'delete':
    case 'results':
      return model[route.type]({ ...call, id: route.id })
    case 'models':
      return model.models(call)
    case 'usageReport':
    case 'costReport':
    case 'rateLimits':
      return admin[route.type]({ ...call, query: url.searchParams })
    case 'workspaceRateLimits':
      return admin.workspaceRateLimits({ ...call, query: url.searchParams, id: route.id })
    case 'wrong_method':
      return plainError(405, 'invalid_request_error', 'Method Not Allowed')
    case 'unknown':
      return plainError(404, 'not_found_error', 'Not Found')
  }
}

/** An error in the API's envelope for calls that never reach the model. */
export function plainError(status: number, type: WireErrorType, message: string): Response<never> {
  return {
    type: 'response',
    status,
    headers: { 'content-type': 'application/json', 'request-id': 'req_01emulator0000000000000' },
    body: { type: 'error', error: { type, message }, request_id: 'req_01emulator0000000000000' },
    end: 'complete',
  }
}

async function answerBody(params: AnswerRequestParams): Promise<AnyAnswer> {
  const { request, route, model, now } = params
  const caller = callerOf(request)
  try {
    const read = await readJson(request)
    if (read.type === 'too_large') {
      return plainError(413, 'request_too_large', 'Request exceeds the maximum size')
    }
    if (read.type === 'malformed') {
      const text = `The request body is not valid JSON: ${read.detail}`
      return plainError(400, 'invalid_request_error', text)
    }
    const call = { now: now(), caller, body: read.value }
    return route.type === 'message' ? model.createMessage(call) : model.countTokens(call)
  } catch (error) {
    if (error instanceof BodyEncodingError) {
      return plainError(error.status, 'invalid_request_error', error.message)
    }
    if (request.destroyed && !request.complete) return null
    throw error
  }
}

function pageOf(query: URLSearchParams): Pick<ListParams, 'limit' | 'afterId' | 'beforeId'> {
  const limit = query.get('limit')
  const afterId = query.get('after_id')
  const beforeId = query.get('before_id')
  return {
    ...(limit === null ? {} : { limit: Number(limit) }),
    ...(afterId === null ? {} : { afterId }),
    ...(beforeId === null ? {} : { beforeId }),
  }
}
