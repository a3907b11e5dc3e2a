import { once } from 'node:events'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { OutputError } from '@halfrate/core'
import type { OutputTarget } from './output-target.js'

/** Takes rows one after another. Each call resolves when there is room for the next. */
export interface RowWriter {
  /** One line without its line feed. */
  write(line: Uint8Array): Promise<void>
  /** Makes what was written durable and puts it in place. */
  finish(): Promise<void>
  /** Takes an unfinished output away; a file that was there before stays as it was. */
  abandon(): Promise<void>
}

const FLUSH_BYTES = 1 << 18
const LINE_FEED: Uint8Array = Uint8Array.of(0x0a)

/**
 * Opens an output for writing.
 *
 * @throws {OutputError} here and in every call, when the disk is full or the reader of a pipe is gone.
 */
export async function openRowWriter(target: OutputTarget): Promise<RowWriter> {
  if (target.type === 'stdout') return streamWriter(process.stdout)
  const path = target.type === 'file' ? target.partialPath : target.path
  const mode = target.type === 'file' ? (target.mode ?? undefined) : undefined
  const handle = await open(path, 'w', mode).catch((error: NodeJS.ErrnoException) => {
    throw failure(target.name, error)
  })
  return fileWriter(target, handle)
}

function fileWriter(
  target: Exclude<OutputTarget, { readonly type: 'stdout' }>,
  handle: FileHandle,
): RowWriter {
  let held: Uint8Array[] = []
  let heldBytes = 0
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(held)
    held = []
    heldBytes = 0
    await writeWhole(handle, bytes)
  }
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    await work().catch((error: NodeJS.ErrnoException) => {
      throw failure(target.name, error)
    })
  }
  return {
    async write(line) {
      held.push(line, LINE_FEED)
      heldBytes += line.length + 1
      if (heldBytes >= FLUSH_BYTES) await guarded(flush)
    },
    finish: () =>
      guarded(async () => {
        await flush()
        // Whoever may not read the old answers may not read the new ones either.
        if (target.type === 'file' && target.mode !== null) await handle.chmod(target.mode)
        if (target.type === 'file') await handle.sync()
        await handle.close()
        if (target.type === 'file') await putInPlace(target.partialPath, target.path)
      }),
    async abandon() {
      await handle.close().catch(() => undefined)
      if (target.type === 'file') await rm(target.partialPath, { force: true })
    },
  }
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await handle.write(bytes, at)).bytesWritten
  }
}

// A rename is durable only once its folder is.
async function putInPlace(from: string, to: string): Promise<void> {
  await rename(from, to)
  const folder = await open(dirname(to), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function streamWriter(stream: Writable): RowWriter {
  const broken = new Promise<never>((_, reject) => {
    stream.once('error', (error: NodeJS.ErrnoException) => reject(failure('-', error)))
  })
  // Nobody may be waiting at the moment in which the reader goes away.
  broken.catch(() => undefined)
  return {
    async write(line) {
      const hasRoom = stream.write(Buffer.concat([line, LINE_FEED]))
      if (!hasRoom) await Promise.race([once(stream, 'drain'), broken])
    },
    async finish() {
      await Promise.race([
        new Promise<void>((resolve) => stream.write('', () => resolve())),
        broken,
      ])
    },
    abandon: () => Promise.resolve(),
  }
}

function failure(name: string, error: NodeJS.ErrnoException): OutputError {
  const again = 'The answers are kept; the same command writes them again.'
  if (error.code === 'EPIPE') {
    return new OutputError(`-o ${name}: its reader closed it before the last row.`, again, {
      cause: error,
    })
  }
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new OutputError(`-o ${name}: the disk is full.`, `Make room. ${again}`, { cause: error })
  }
  return new OutputError(`-o ${name}: ${error.message}.`, again, { cause: error })
}
