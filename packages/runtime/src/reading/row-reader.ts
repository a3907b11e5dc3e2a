import {
  type AcceptedRow,
  type FedLine,
  type InputLine,
  IntakeRowMaker,
  LineFeeder,
  pathsOf,
  readInputLine,
} from '@halfrate/core/intake'
import { FileShelf } from '../files/file-shelf.js'
import { RequestFiles } from '../files/request-files.js'
import { nodeDigest } from '../node-digest.js'

/** Makes rows of the bytes of one input, piece by piece. */
export class RowReader {
  readonly #file: string | null
  readonly #feeder: LineFeeder
  readonly #maker = new IntakeRowMaker({ hash128: nodeDigest.hash128 })
  readonly #shelf: FileShelf
  #hasFiles = false

  /**
   * @param file name of the input, for errors.
   * @param folder what the paths of files in it are relative to.
   */
  constructor(file: string | null, folder: string) {
    this.#file = file
    this.#feeder = new LineFeeder({ file })
    this.#shelf = new FileShelf(folder)
  }

  /** Whether a line named a file; then the input's bytes do not tell its requests. */
  get hasFiles(): boolean {
    return this.#hasFiles
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
      if (read !== null) yield this.#rowOf(read)
    }
  }

  #rowOf(line: InputLine): AcceptedRow {
    const paths = pathsOf(line)
    if (paths.length === 0) return this.#maker.toIntakeRow(line)
    this.#hasFiles = true
    const place = { ...line.place, field: 'params.messages' }
    const files = new RequestFiles(place)
    for (const path of paths) files.add(path, this.#shelf.read(path, place))
    return this.#maker.toIntakeRow(line, { byPath: files.byPath })
  }
}
