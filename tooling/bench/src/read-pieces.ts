import { open } from 'node:fs/promises'

const PIECE_BYTES = 1 << 18

/**
 * The bytes of a file, into one buffer again and again. Not at once from beginning to end: the collector gives memory
 * back between turns of the event loop, and a program that takes none holds half as much again.
 */
export async function* readPieces(path: string): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES)
  const file = await open(path)
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, null)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}
