import { readFileSync, writeFileSync } from 'node:fs'
import type { StoreKind } from '../store/open-store.js'

/** A seed that failed once. */
export interface Regression {
  readonly seed: number
  readonly store: StoreKind
  /** Faults that it can go without and still failed. */
  readonly without: readonly string[]
  /** What it found. */
  readonly found: string
}

const FILE = new URL('../../regressions.json', import.meta.url)

/** Every seed that failed once, from the committed file. */
export function readRegressions(): readonly Regression[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as readonly Regression[]
}

/** What is kept of a seed that failed. */
export function regressionOf({
  seed,
  storeKind,
  without,
  found,
}: Omit<Regression, 'store'> & { readonly storeKind: StoreKind }): Regression {
  return { seed, store: storeKind, without, found }
}

/** Adds seeds that are not in the file yet. Answers how many it added. */
export function keepRegressions(found: readonly Regression[]): number {
  const kept = readRegressions()
  const isNew = (one: Regression): boolean =>
    !kept.some(({ seed, store }) => seed === one.seed && store === one.store)
  const added = found.filter(isNew)
  writeFileSync(FILE, `${JSON.stringify([...kept, ...added], null, 2)}\n`)
  return added.length
}
