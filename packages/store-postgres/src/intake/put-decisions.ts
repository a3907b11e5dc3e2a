import {
  type BlobBytes,
  type IntakeRow,
  InvalidInputError,
  type PutAnswer,
  type RequestId,
} from '@halfrate/core'
import type { KeyHolder, NewRequest } from './key-holder.js'
import { hashText, type PutPage } from './put-page.js'

/** An older request that loses its place. `wasListed`: this same part had listed it again. */
export interface Superseded {
  readonly id: number
  readonly supersededBy: number
  readonly wasListed: boolean
}

/**
 * Decides on the rows of a page, one after another, in memory: what is there was read, and what a row changes is kept
 * for the rows after it and for being written together.
 */
export class PutDecisions {
  readonly added: NewRequest[] = []
  /** Requests from the tables that this part lists in a new row. */
  readonly listed: { readonly id: number; readonly row: number | null }[] = []
  readonly superseded: Superseded[] = []
  /** Requests from the tables that came again with their files. */
  readonly again: { readonly id: number; readonly blobs: readonly BlobBytes[] }[] = []
  /** Keys that go to another request, with it. */
  readonly taken: Map<string, { readonly hash: Uint8Array; readonly id: number }> = new Map()
  readonly #page: PutPage
  readonly #holders: Map<string, KeyHolder>

  constructor(page: PutPage, holders: Map<string, KeyHolder>) {
    this.#page = page
    this.#holders = holders
  }

  /** Decides on a row. `ownId` is its id if it is new. */
  put(row: IntakeRow, ownId: number): PutAnswer {
    const there = this.#holders.get(hashText(row.keyHash))
    if (there === undefined) return this.#add(row, ownId, null)
    checkKey(row, there)
    const isSame = Buffer.compare(there.paramsHash, row.paramsHash) === 0
    const type = isSame ? 'same' : 'conflict'
    const answer = { type, id: there.id as RequestId, part: there.part } as const
    const repeatsRow = this.#repeatedRow(row, there)
    if (repeatsRow !== null) return { ...answer, repeatsRow }
    const { onConflict } = this.#page.params
    if (!isSame && onConflict === 'supersede') return this.#supersede(row, ownId, there)
    if (isSame && row.blobs !== undefined && there.added === null) {
      this.again.push({ id: there.id, blobs: row.blobs })
    }
    if (isSame || onConflict === 'keep') this.#list(row, there)
    return { ...answer, repeatsRow: null }
  }

  #add(row: IntakeRow, id: number, supersedesId: number | null): PutAnswer {
    const { part } = this.#page
    const added: NewRequest = { id, row, supersedesId, supersededBy: null }
    this.added.push(added)
    this.#holders.set(hashText(row.keyHash), {
      id,
      key: row.key,
      paramsHash: row.paramsHash,
      part,
      listedPart: part,
      row: this.#page.jobId === 0 ? null : row.row,
      added,
    })
    return { type: 'new', id: id as RequestId, part, repeatsRow: null }
  }

  // The same input read again, after a crash, lists every key in the row where it was: that repeats nothing.
  #repeatedRow(row: IntakeRow, there: KeyHolder): number | null {
    const { jobId, part } = this.#page
    if (jobId === 0 || there.listedPart !== part) return null
    return there.row === row.row ? null : there.row
  }

  #list(row: IntakeRow, there: KeyHolder): void {
    const { jobId, part } = this.#page
    if (jobId === 0 || there.listedPart === part) return
    this.listed.push({ id: there.id, row: row.row })
    there.listedPart = part
    there.row = row.row
  }

  #supersede(row: IntakeRow, ownId: number, there: KeyHolder): PutAnswer {
    const { jobId, part } = this.#page
    if (there.added === null) {
      const wasListed = jobId !== 0 && there.listedPart === part
      this.superseded.push({ id: there.id, supersededBy: ownId, wasListed })
    } else {
      there.added.supersededBy = ownId
    }
    this.taken.set(hashText(row.keyHash), { hash: row.keyHash, id: ownId })
    return this.#add(row, ownId, there.id)
  }
}

function checkKey(row: IntakeRow, there: KeyHolder): void {
  if (there.key === row.key) return
  throw new InvalidInputError({
    place: { file: null, line: row.row, field: null },
    rule: 'key_collision',
    problem: `The keys ${JSON.stringify(row.key)} and ${JSON.stringify(there.key)} have the same hash.`,
    nextStep: 'Nothing of this page was stored. Change one of the two keys.',
  })
}
