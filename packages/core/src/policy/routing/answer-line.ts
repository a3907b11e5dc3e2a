import type { ProviderError } from '../../model/provider-error.js'

const encoder = new TextEncoder()

/**
 * The line that a message would have in a results file, its own bytes unchanged, so that answers of both routes are stored and read
 * alike.
 */
export function messageLine(customId: string, message: Uint8Array): Uint8Array {
  const head = encoder.encode(`{"custom_id":"${customId}","result":{"type":"succeeded","message":`)
  const tail = encoder.encode('}}')
  const line = new Uint8Array(head.length + message.length + tail.length)
  line.set(head)
  line.set(message, head.length)
  line.set(tail, head.length + message.length)
  return line
}

/** The line of a request that the provider refused. A 413 of the API's front names no type. */
export function refusedLine(customId: string, error: ProviderError): Uint8Array {
  const { message, code, requestId } = error
  const type = error.type ?? (error.status === 413 ? 'request_too_large' : 'unknown')
  const details = code === null ? {} : { details: { error_code: code } }
  const said = { type: 'error', error: { type, message, ...details } }
  const envelope = requestId === null ? said : { ...said, request_id: requestId }
  return encoder.encode(
    JSON.stringify({ custom_id: customId, result: { type: 'errored', error: envelope } }),
  )
}
