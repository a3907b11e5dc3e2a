import { HalfrateError, InvariantError, StoreUnavailableError } from '@halfrate/core'
import { StoreAccessError } from '@halfrate/store-sql'

/** The part of better-sqlite3's errors that tells them apart. */
interface CodedError extends Error {
  readonly code: string
}

function isCoded(error: unknown): error is CodedError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

/** Turns an error of SQLite into one of the family; anything else comes back as it is. */
export function translateError(error: unknown, path: string): unknown {
  if (error instanceof HalfrateError || !isCoded(error)) return error
  const { code } = error
  const is = (...prefixes: readonly string[]): boolean =>
    prefixes.some((prefix) => code.startsWith(`SQLITE_${prefix}`))
  if (is('BUSY', 'LOCKED')) {
    return new StoreUnavailableError(`${path}: another process keeps it busy (${code}).`, {
      cause: error,
    })
  }
  if (is('FULL')) {
    return new StoreAccessError(
      `${path}: the disk is full (${code}).`,
      'Nothing is lost. Make room on the disk: a worker tries again by itself, any other command is to be run again.',
      { cause: error },
    )
  }
  if (is('READONLY', 'PERM', 'AUTH', 'CANTOPEN')) {
    return new StoreAccessError(
      `${path}: it can't be opened or written (${code}).`,
      'Check that its folder exists and that you may write the file and its folder.',
      { cause: error },
    )
  }
  if (is('CORRUPT', 'NOTADB')) {
    return new StoreAccessError(
      `${path}: the file is damaged (${code}: ${error.message}).`,
      'Keep a copy of it and of its -wal file, and restore a backup.',
      { cause: error },
    )
  }
  if (is('CONSTRAINT')) {
    return new InvariantError(`${path}: ${error.message} (${code}).`, { cause: error })
  }
  if (!is('')) return error
  return new StoreUnavailableError(`${path}: ${error.message} (${code}).`, { cause: error })
}
