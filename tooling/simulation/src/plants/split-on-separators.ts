import type { ResultsPiece, Transport } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedTransport } from './wrapped-transport.js'

/** A reader of lines that takes separators inside of texts for their ends. */
export const splitOnSeparators: Plant = {
  name: 'split_on_separators',
  about: 'Results are split at U+2028, which JSON allows in the middle of a text.',
  within: 60,
  transport: (transport) => splitting(transport),
}

function splitting(transport: Transport): Transport {
  return wrappedTransport(transport, {
    streamResults: async (params) => {
      const results = await transport.streamResults(params)
      if (results.type !== 'results') return results
      return { type: 'results', pieces: split(results.pieces) }
    },
  })
}

async function* split(pieces: AsyncIterable<ResultsPiece>): AsyncGenerator<ResultsPiece> {
  for await (const piece of pieces) {
    if (piece.type === 'end') yield piece
    else {
      const texts = piece.lines.flatMap((line) => Buffer.from(line).toString().split('\u2028'))
      yield { type: 'lines', lines: texts.map((text) => Buffer.from(text)) }
    }
  }
}
