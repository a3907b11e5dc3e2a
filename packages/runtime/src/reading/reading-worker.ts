import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { InvalidInputError } from '@halfrate/core'
import type { AcceptedRow } from '@halfrate/core/intake'
import { RowPacker } from './packed-rows.js'
import { RowReader } from './row-reader.js'
import { type ReadingTask, SENT, TAKEN, type ThreadMessage } from './thread-messages.js'

// The program of a reading thread. It has nothing else to do, so it reads and waits without an event loop.
// Small, so that the rows of a pack are gone before the garbage collector takes them for long-lived.
const READ_BYTES = 1 << 16
// So many packs may lie about untaken: what the other thread works on while this one goes ahead.
const MOST_AHEAD = 64

const { path, file, counters } = workerData as ReadingTask
const packer = new RowPacker()

function say(message: ThreadMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer)
}

// The rows before a line that can't be taken are given, as they are without a thread.
function sendAll(rows: Iterable<AcceptedRow>): void {
  const taken: AcceptedRow[] = []
  try {
    for (const row of rows) taken.push(row)
  } finally {
    if (taken.length > 0) send(taken)
  }
}

function send(rows: readonly AcceptedRow[]): void {
  const packed = packer.pack(rows)
  const sent = Atomics.add(counters, SENT, 1) + 1
  say({ type: 'rows', packed }, [packed.bytes.buffer, packed.figures.buffer])
  for (;;) {
    const taken = Atomics.load(counters, TAKEN)
    if (sent - taken < MOST_AHEAD) return
    Atomics.wait(counters, TAKEN, taken)
  }
}

function readAll(input: number): void {
  const reader = new RowReader(file)
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(READ_BYTES)
  for (;;) {
    const length = readSync(input, buffer, 0, READ_BYTES, null)
    if (length === 0) break
    const piece = buffer.subarray(0, length)
    hash.update(piece)
    sendAll(reader.push(piece))
  }
  sendAll(reader.end())
  say({ type: 'end', sha256: hash.digest('hex') })
}

const input = openSync(path, 'r')
try {
  readAll(input)
} catch (error) {
  if (!(error instanceof InvalidInputError)) throw error
  const { place, rule, problem, nextStep } = error
  say({ type: 'refused', place, rule, problem, nextStep })
} finally {
  closeSync(input)
}
