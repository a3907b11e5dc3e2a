import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { dirname } from 'node:path'
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
// Files are large, and memory must stay flat.
const MOST_AHEAD_WITH_FILES = 2

const { path, file, counters } = workerData as ReadingTask
const packer = new RowPacker()

function say(message: ThreadMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer)
}

// The rows before a line that can't be taken are given, as they are without a thread.
function sendAll(rows: Iterable<AcceptedRow>): void {
  let taken: AcceptedRow[] = []
  let files: AcceptedRow['blobs']
  try {
    for (const row of rows) {
      // Rows beside each other often have the same file, which is in a pack once.
      if (row.blobs !== undefined && taken.length > 0 && !isSame(files, row.blobs)) {
        send(taken)
        taken = []
      }
      if (row.blobs !== undefined) files = row.blobs
      taken.push(row)
    }
  } finally {
    if (taken.length > 0) send(taken)
  }
}

function isSame(some: AcceptedRow['blobs'] = [], others: AcceptedRow['blobs'] = []): boolean {
  return some.length === others.length && some.every((blob, index) => blob === others[index])
}

function send(rows: readonly AcceptedRow[]): void {
  const packed = packer.pack(rows)
  const sent = Atomics.add(counters, SENT, 1) + 1
  const most = packed.blobs.length > 0 ? MOST_AHEAD_WITH_FILES : MOST_AHEAD
  say({ type: 'rows', packed }, [packed.bytes.buffer, packed.figures.buffer])
  for (;;) {
    const taken = Atomics.load(counters, TAKEN)
    if (sent - taken < most) return
    Atomics.wait(counters, TAKEN, taken)
  }
}

function readAll(input: number): void {
  const reader = new RowReader(file, dirname(path))
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
  say({ type: 'end', sha256: reader.hasFiles ? null : hash.digest('hex') })
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
