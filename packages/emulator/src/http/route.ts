/** What a request is for. `id` is the batch in question. */
export type Route =
  | { readonly type: 'create' | 'list' | 'message' | 'countTokens' | 'models' }
  | { readonly type: 'retrieve' | 'delete' | 'cancel' | 'results'; readonly id: string }
  | { readonly type: 'usageReport' | 'costReport' | 'rateLimits' }
  | { readonly type: 'workspaceRateLimits'; readonly id: string }
  | { readonly type: 'control'; readonly name: string }
  | { readonly type: 'wrong_method' }
  | { readonly type: 'unknown' }

const FIXED: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/v1/messages/batches': { POST: { type: 'create' }, GET: { type: 'list' } },
  '/v1/messages': { POST: { type: 'message' } },
  '/v1/messages/count_tokens': { POST: { type: 'countTokens' } },
  '/v1/models': { GET: { type: 'models' } },
  '/v1/organizations/usage_report/messages': { GET: { type: 'usageReport' } },
  '/v1/organizations/cost_report': { GET: { type: 'costReport' } },
  '/v1/organizations/rate_limits': { GET: { type: 'rateLimits' } },
}

const BATCH = /^\/v1\/messages\/batches\/([^/]+)(\/cancel|\/results)?$/

const WORKSPACE_LIMITS = /^\/v1\/organizations\/workspaces\/([^/]+)\/rate_limits$/

/** Finds out what a method and path are for. The query does not matter, `?beta=true` included. */
export function routeOf(method: string, path: string): Route {
  if (path.startsWith('/_emulator')) {
    return { type: 'control', name: path.slice('/_emulator'.length).replace(/^\//, '') }
  }
  const fixed = Object.hasOwn(FIXED, path) ? FIXED[path] : undefined
  if (fixed !== undefined) {
    return (Object.hasOwn(fixed, method) ? fixed[method] : undefined) ?? { type: 'wrong_method' }
  }
  const found = BATCH.exec(path)
  if (found !== null) return batchRoute(method, found)
  const workspace = WORKSPACE_LIMITS.exec(path)?.[1]
  if (workspace === undefined) return { type: 'unknown' }
  const id = decoded(workspace)
  return method === 'GET' ? { type: 'workspaceRateLimits', id } : { type: 'wrong_method' }
}

function batchRoute(method: string, found: RegExpExecArray): Route {
  const id = decoded(found[1] ?? '')
  switch (`${method} ${found[2] ?? ''}`) {
    case 'GET ':
      return { type: 'retrieve', id }
    case 'DELETE ':
      return { type: 'delete', id }
    case 'POST /cancel':
      return { type: 'cancel', id }
    case 'GET /results':
      return { type: 'results', id }
    default:
      return { type: 'wrong_method' }
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
