import { type CsvError, type Parser, parse } from 'csv-parse'
import type { Delimiter } from './delimiter.js'

/** The records that ended in a piece; what was found wrong comes after them. */
export interface Cut {
  readonly records: readonly (readonly string[])[]
  readonly error: CsvError | null
}

/** Cuts CSV into records by RFC 4180, whichever way its bytes come. LF and CRLF end a record. */
export class RecordCutter {
  readonly #parser: Parser
  #records: string[][] = []
  #error: CsvError | null = null

  /** @param mostBytes most characters of one record, so that a quote without an end does not take in the whole file. */
  constructor(delimiter: Delimiter, mostBytes: number) {
    this.#parser = parse({
      delimiter,
      bom: true,
      record_delimiter: ['\r\n', '\n'],
      // How many cells a row has is checked where its line is known.
      relax_column_count: true,
      max_record_size: mostBytes,
      on_record: (record: string[]) => {
        this.#records.push(record)
        return null
      },
    })
    this.#parser.on('error', (error: CsvError) => {
      this.#error = error
    })
    this.#parser.resume()
  }

  /** @param bytes stay the cutter's own. */
  push(bytes: Buffer): Promise<Cut> {
    return new Promise((resolve) => {
      this.#parser.write(bytes, (error) => resolve(this.#cut(error as CsvError | null | undefined)))
    })
  }

  /** What stands after the last line feed. */
  end(): Promise<Cut> {
    return new Promise((resolve) => {
      this.#parser.once('close', () => resolve(this.#cut(null)))
      this.#parser.end()
    })
  }

  #cut(error: CsvError | null | undefined): Cut {
    const records = this.#records
    this.#records = []
    return { records, error: error ?? this.#error }
  }
}
