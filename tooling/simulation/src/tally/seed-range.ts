import { ConfigError } from '@halfrate/core'

/** Seeds that follow one another. */
export interface SeedRange {
  /** The first one. */
  readonly from: number
  /** From 1. */
  readonly count: number
}

/** What is still to do of a range, cut into blocks of `most` seeds at most. */
export function missingRanges(
  wanted: SeedRange,
  done: readonly SeedRange[],
  most: number,
): readonly SeedRange[] {
  const missing: SeedRange[] = []
  const add = (from: number, until: number): void => {
    for (let next = from; next < until; next += most) {
      missing.push({ from: next, count: Math.min(most, until - next) })
    }
  }
  const end = wanted.from + wanted.count
  let next = wanted.from
  for (const { from, count } of [...done].sort((one, other) => one.from - other.from)) {
    add(next, Math.min(from, end))
    next = Math.max(next, from + count)
  }
  add(next, end)
  return missing
}

/**
 * Each block once, in the order of its seeds. Two processes that went on with one file may have done the same one.
 *
 * @throws {ConfigError} when blocks share some of their seeds only.
 */
export function distinctRanges<Block extends SeedRange>(
  blocks: readonly Block[],
): readonly Block[] {
  const distinct: Block[] = []
  for (const block of [...blocks].sort((one, other) => one.from - other.from)) {
    const last = distinct.at(-1)
    const isRepeat = last?.from === block.from && last.count === block.count
    if (isRepeat) continue
    if (last !== undefined && block.from < last.from + last.count) {
      throw new ConfigError(
        `--tally: the file counts seed ${block.from} twice.`,
        'Begin another file, and let one process at a time go on with it.',
      )
    }
    distinct.push(block)
  }
  return distinct
}
