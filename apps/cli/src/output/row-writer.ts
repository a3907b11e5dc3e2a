import { once } from 'node:events'
import { fstatSync, fsync, write } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { promisify } from 'node:util'
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
  if (target.type === 'stdout') return stdoutWriter()
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
  const rows = heldRows((bytes, at) => handle.write(bytes, at))
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    await work().catch((error: NodeJS.ErrnoException) => {
      throw failure(target.name, error)
    })
  }
  return {
    write: (line) => guarded(() => rows.add(line)),
    finish: () =>
      guarded(async () => {
        await rows.flush()
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

type WriteSome = (bytes: Uint8Array, at: number) => Promise<{ readonly bytesWritten: number }>

// Holds rows until there are enough of them to be written. A disk that is nearly full takes a part of them without an error.
function heldRows(writeSome: WriteSome): {
  readonly add: (line: Uint8Array) => Promise<void>
  readonly flush: () => Promise<void>
} {
  let held: Uint8Array[] = []
  let heldBytes = 0
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(held)
    held = []
    heldBytes = 0
    for (let at = 0; at < bytes.length; ) at += (await writeSome(bytes, at)).bytesWritten
  }
  return {
    async add(line) {
      held.push(line, LINE_FEED)
      heldBytes += line.length + 1
      if (heldBytes >= FLUSH_BYTES) await flush()
    },
    flush,
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

const STDOUT = 1

// The stream of Node.js for a file or a device does not look whether all of a row was written, nor does it wait for it.
function stdoutWriter(): RowWriter {
  const found = fstatSync(STDOUT)
  if (process.stdout.isTTY || found.isFIFO() || found.isSocket())
    return streamWriter(process.stdout)
  const rows = heldRows((bytes, at) => promisify(write)(STDOUT, bytes, at))
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    await work().catch((error: NodeJS.ErrnoException) => {
      throw failure('-', error)
    })
  }
  return {
    write: (line) => guarded(() => rows.add(line)),
    finish: () =>
      guarded(async () => {
        await rows.flush()
        if (found.isFile()) await promisify(fsync)(STDOUT)
      }),
    abandon: () => Promise.resolve(),
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
        new Promise<void>((resolve, reject) => {
          stream.write('', (error) => (error == null ? resolve() : reject(failure('-', error))))
        }),
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
