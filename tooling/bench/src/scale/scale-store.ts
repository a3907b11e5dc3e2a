import type { Store } from '@halfrate/core'
import { openPostgresStore } from '@halfrate/store-postgres'
import { freshStore, sameStore } from '../engine-parts.js'
import { freshPostgresStore, postgresUrl } from '../postgres.js'

/** The stores that a run can be of. */
export const STORE_KINDS = ['sqlite', 'postgres'] as const

/** A store that a run can be of. */
export type StoreKind = (typeof STORE_KINDS)[number]

const FILE = 'scale'
const SCHEMA = 'bench_scale'

/** A new, empty store, in place of the one of the run before. */
export async function freshScaleStore(kind: StoreKind): Promise<Store> {
  return kind === 'sqlite' ? await freshStore(FILE) : await freshPostgresStore(SCHEMA)
}

/** The store that the phase before has filled, opened as a worker opens it. */
export async function sameScaleStore(kind: StoreKind): Promise<Store> {
  return kind === 'sqlite'
    ? await sameStore(FILE)
    : await openPostgresStore({ url: postgresUrl(), schema: SCHEMA })
}
