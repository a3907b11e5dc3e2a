import { on } from 'node:events'
import { Worker } from 'node:worker_threads'
import { InvalidInputError, InvariantError } from '@halfrate/core'
import type { AcceptedRow } from '@halfrate/core/intake'
import { RowUnpacker } from './packed-rows.js'
import { type ReadingTask, TAKEN, type ThreadMessage } from './thread-messages.js'

const PROGRAM = new URL('./reading-worker.js', import.meta.url)
// Rows are short-lived there: more room for the young would only be held, and not help.
const YOUNG_MB = 16

/**
 * Reads the requests of a file in a thread of its own, a little ahead of whoever takes them.
 *
 * @param onEnd told the file's SHA-256 in hex, after the last row; null when requests have files by path.
 * @throws {InvalidInputError} at the first line that can't be taken, after the rows before it.
 */
export async function* readInThread(
  path: string,
  file: string,
  onEnd: (sha256: string | null) => void,
): AsyncGenerator<AcceptedRow, void, undefined> {
  const counters = new Int32Array(new SharedArrayBuffer(8))
  const workerData: ReadingTask = { path, file, counters }
  const worker = new Worker(PROGRAM, {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  })
  const unpacker = new RowUnpacker()
  try {
    for await (const [message] of on(worker, 'message', { close: ['exit'] })) {
      const said = message as ThreadMessage
      if (said.type === 'end') return onEnd(said.sha256)
      if (said.type === 'refused') throw new InvalidInputError(said)
      yield* unpacker.unpack(said.packed)
      Atomics.add(counters, TAKEN, 1)
      Atomics.notify(counters, TAKEN)
    }
    throw new InvariantError(`The thread that read ${file} ended before the file did.`)
  } finally {
    await worker.terminate()
  }
}
