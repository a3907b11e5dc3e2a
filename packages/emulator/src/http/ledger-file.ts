import { closeSync, openSync, writeSync } from 'node:fs'
import type { Ledger, LedgerBatch, LedgerEvent } from '../model/index.js'
import { batchJson, postJson, rowJson } from './ledger-json.js'

/**
 * Writes the ledger to a file as it grows, one JSON object a line: `post`, `accepted`, `deleted`,
 * `message`, and for each batch once it has ended a `row` for each of its rows.
 *
 * The file is only ever appended to, and each line is with the operating system before the call
 * that caused it is answered; so it survives the end of this process, however it ends.
 */
export class LedgerFile {
  readonly #file: number
  readonly #ledger: Ledger
  readonly #running = new Map<string, LedgerBatch>()
  readonly #unsubscribe: () => void

  constructor(path: string, ledger: Ledger) {
    this.#file = openSync(path, 'a')
    this.#ledger = ledger
    this.#unsubscribe = ledger.subscribe((event) => this.#note(event))
  }

  /** Writes the rows of batches that have ended by `now`. */
  catchUp(now: number): void {
    for (const [batchId, batch] of this.#running) {
      if (batch.endsAt > now) continue
      this.#running.delete(batchId)
      const rows = [...this.#ledger.rowsOf(batchId)].map((row) => ({
        type: 'row',
        ...rowJson(row),
      }))
      this.#write(rows)
    }
  }

  /** Writes what is due and closes the file. */
  close(now: number): void {
    this.#unsubscribe()
    this.catchUp(now)
    closeSync(this.#file)
  }

  #note(event: LedgerEvent): void {
    if (event.type === 'accepted') this.#running.set(event.batch.batchId, event.batch)
    this.#write([eventJson(event)])
  }

  #write(entries: readonly object[]): void {
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at)
  }
}

function eventJson(event: LedgerEvent): object {
  switch (event.type) {
    case 'post':
      return { type: event.type, ...postJson(event.post) }
    case 'accepted':
      return { type: event.type, ...batchJson(event.batch) }
    case 'deleted':
      return { type: event.type, batch_id: event.batchId, at: event.at }
    case 'message':
      return { type: event.type, ...rowJson(event.row) }
  }
}
