import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

// The provider as a bench needs it, in a process of its own: it costs our side and the baseline the same, and next to
// nothing. Usage: bench-server RESULTS_FILE COUNT. Prints its URL.
const [resultsPath = '', countText = '0'] = process.argv.slice(2)
const count = Number(countText)
const BATCH_ID = 'msgbatch_01benchbenchbenchbench01'
const createdAt = new Date().toISOString()
let url = ''
let created = 0

function batch(status: 'in_progress' | 'ended', rows: number): object {
  const ended = status === 'ended'
  return {
    id: BATCH_ID,
    type: 'message_batch',
    processing_status: status,
    request_counts: {
      processing: ended ? 0 : rows,
      succeeded: ended ? rows : 0,
      errored: 0,
      canceled: 0,
      expired: 0,
    },
    created_at: createdAt,
    expires_at: new Date(Date.parse(createdAt) + 86_400_000).toISOString(),
    ended_at: ended ? createdAt : null,
    cancel_initiated_at: null,
    archived_at: null,
    results_url: ended ? `${url}/v1/messages/batches/${BATCH_ID}/results` : null,
  }
}

function json(response: ServerResponse, value: object): void {
  response.setHeader('content-type', 'application/json')
  response.setHeader('request-id', 'req_bench')
  response.end(JSON.stringify(value))
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = (request.url ?? '').split('?')[0] ?? ''
  if (request.method === 'POST') {
    request.on('data', () => undefined)
    request.on('end', () => {
      created = count
      json(response, batch('in_progress', count))
    })
  } else if (path.endsWith('/results')) {
    response.setHeader('content-type', 'application/x-jsonl')
    createReadStream(resultsPath, { highWaterMark: 1 << 18 }).pipe(response)
  } else if (path.endsWith('/batches')) {
    const data = created > 0 ? [batch('ended', count)] : []
    json(response, { data, has_more: false, first_id: null, last_id: null })
  } else {
    json(response, batch('ended', count))
  }
}

const server = createServer(answer)
server.requestTimeout = 0
server.listen(0, '127.0.0.1', () => {
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  console.log(url)
})
