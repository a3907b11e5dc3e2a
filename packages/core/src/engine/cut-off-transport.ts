import { EngineStoppedError } from '../errors.js'
import type { ResultsPiece, ResultsResult, Transport } from '../ports/transport.js'

/**
 * A transport whose reads end their step when it was the engine that broke them off.
 *
 * A call that fails because this process stops says nothing about the provider. Taken for an answer it would put off
 * the next look, or count as one more try in vain, and whoever works next would wait for that. What became of a create
 * is evidence whoever ended it, so creates are left as they are.
 */
export function cutOffTransport(transport: Transport, signal: AbortSignal): Transport {
  const whole = async <Answer extends { readonly type: string }>(
    call: Promise<Answer>,
  ): Promise<Answer> => {
    const answer = await call
    if (answer.type === 'failed' && signal.aborted) throw new EngineStoppedError()
    return answer
  }
  return {
    snapshot: (params) => whole(transport.snapshot(params)),
    createBatch: (params) => transport.createBatch(params),
    createMessage: (params) => transport.createMessage(params),
    retrieve: (params) => whole(transport.retrieve(params)),
    list: (params) => whole(transport.list(params)),
    cancel: (params) => whole(transport.cancel(params)),
    streamResults: async (params) =>
      withWholeEnd(await whole(transport.streamResults(params)), signal),
    countTokens: (params) => whole(transport.countTokens(params)),
  }
}

function withWholeEnd(results: ResultsResult, signal: AbortSignal): ResultsResult {
  if (results.type !== 'results') return results
  return { type: 'results', pieces: untilCutOff(results.pieces, signal) }
}

async function* untilCutOff(
  pieces: AsyncIterable<ResultsPiece>,
  signal: AbortSignal,
): AsyncGenerator<ResultsPiece, void> {
  for await (const piece of pieces) {
    if (piece.type === 'end' && !piece.clean && signal.aborted) throw new EngineStoppedError()
    yield piece
  }
}
