/** How files are cut: a multiple of three, so that the base64 of its pieces, one after another, is that of the file. */
export const BLOB_PIECE_BYTES = 393_216

/** The pieces of a file, in their order, as views on it. All but the last have {@link BLOB_PIECE_BYTES}. */
export function blobPiecesOf(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / BLOB_PIECE_BYTES) }, (_, piece) =>
    bytes.subarray(piece * BLOB_PIECE_BYTES, (piece + 1) * BLOB_PIECE_BYTES),
  )
}
