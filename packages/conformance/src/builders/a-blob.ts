import { createHash } from 'node:crypto'
import { type BlobBytes, type IntakeRow, itemBytesOf } from '@halfrate/core'
import { blobMark, wireBytesOf } from '@halfrate/core/intake'
import { testDigest } from '../test-digest.js'
import { anIntakeRow } from './an-intake-row.js'

const encoder = new TextEncoder()

/** A file of so many bytes; another `seed` makes another one. */
export function aBlob(size: number, seed = 0): BlobBytes {
  const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8) + seed) % 256)
  return { hash: new Uint8Array(createHash('sha256').update(bytes).digest()), bytes }
}

/** A request whose body has marks of files. */
export function aRowWithBlobs(
  key: string,
  blobs: readonly BlobBytes[],
  row: number | null = null,
): IntakeRow {
  const marks = blobs.map(({ hash, bytes }) => blobMark({ hash, size: bytes.length }))
  const body = new Uint8Array(
    Buffer.concat([
      encoder.encode('"messages":["'),
      ...marks.flatMap((mark) => [mark, encoder.encode('","')]),
      encoder.encode(`${key}"]`),
    ]),
  )
  const paramsHash = testDigest.hash128(body)
  return anIntakeRow({
    key,
    row,
    body,
    blobs,
    paramsHash,
    itemBytes: itemBytesOf(0, wireBytesOf(body)),
  })
}
