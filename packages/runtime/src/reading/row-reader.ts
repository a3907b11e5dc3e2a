import {
  type AcceptedRow,
  type FedLine,
  IntakeRowMaker,
  LineFeeder,
  readInputLine,
} from '@halfrate/core/intake'
import { nodeDigest } from '../node-digest.js'

/** Makes rows of the bytes of one input, piece by piece. */
export class RowReader {
  readonly #file: string | null
  readonly #feeder: LineFeeder
  readonly #maker = new IntakeRowMaker({ hash128: nodeDigest.hash128 })

  /** @param file name of the input, for errors. */
  constructor(file: string | null) {
    this.#file = file
    this.#feeder = new LineFeeder({ file })
  }

  /**
   * The rows that end in a piece, which must be taken before the next one. A row owns its bytes.
   *
   * @throws {InvalidInputError} at the first line that can't be taken.
   */
  *push(piece: Uint8Array): Generator<AcceptedRow> {
    yield* this.#rowsOf(this.#feeder.push(piece))
  }

  /** The row that stands after the last newline, if one does. */
  *end(): Generator<AcceptedRow> {
    yield* this.#rowsOf(this.#feeder.end())
  }

  *#rowsOf(lines: Iterable<FedLine>): Generator<AcceptedRow> {
    for (const { bytes, line } of lines) {
      const read = readInputLine(bytes, { file: this.#file, line })
      if (read !== null) yield this.#maker.toIntakeRow(read)
    }
  }
}
