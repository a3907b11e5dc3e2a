import { InvariantError } from '../errors.js'
import type { AccountId, Nonce, RemoteId, SubmissionId } from '../model/ids.js'
import type { Submission } from '../model/submission.js'

/** Submissions by id, with the indexes that evidence and claims need. Rows are replaced, never changed. */
export class SubmissionTable {
  /** Those that have a next step. */
  readonly scheduled: Set<SubmissionId> = new Set()
  readonly filling: Set<SubmissionId> = new Set()
  /** Those whose members must be taken back before their queue sends again. */
  readonly reclaiming: Set<SubmissionId> = new Set()
  readonly #rows = new Map<SubmissionId, Submission>()
  readonly #byRemoteId = new Map<string, SubmissionId>()
  readonly #byNonce = new Map<Nonce, SubmissionId>()

  get(id: SubmissionId): Submission | undefined {
    return this.#rows.get(id)
  }

  /** @throws {InvariantError} when there is none. */
  need(id: SubmissionId): Submission {
    const row = this.#rows.get(id)
    if (row === undefined) throw new InvariantError(`There is no submission ${id}.`)
    return row
  }

  /** All rows by ascending id. */
  all(): Iterable<Submission> {
    return this.#rows.values()
  }

  /** The submission that was opened with this nonce; twins, which share it, are left out. */
  byNonce(nonce: Nonce): Submission | undefined {
    const id = this.#byNonce.get(nonce)
    return id === undefined ? undefined : this.#rows.get(id)
  }

  byRemoteId(account: AccountId, remoteId: RemoteId): Submission | undefined {
    const id = this.#byRemoteId.get(remoteKey(account, remoteId))
    return id === undefined ? undefined : this.#rows.get(id)
  }

  insert(row: Submission): Submission {
    if (row.twinOf === null) this.#byNonce.set(row.nonce, row.id)
    return this.#write(row)
  }

  /** Changes columns of a submission. */
  update(id: SubmissionId, changes: Partial<Submission>): Submission {
    return this.#write({ ...this.need(id), ...changes })
  }

  #write(row: Submission): Submission {
    const frozen = Object.freeze(row)
    this.#rows.set(row.id, frozen)
    setMembership(this.scheduled, row.id, row.nextStepAt !== null)
    setMembership(this.filling, row.id, row.state === 'filling')
    setMembership(this.reclaiming, row.id, row.reclaimPending)
    if (row.remoteId !== null) this.#byRemoteId.set(remoteKey(row.account, row.remoteId), row.id)
    return frozen
  }
}

/** Names a batch of an account. */
export function remoteKey(account: AccountId, remoteId: RemoteId): string {
  return `${account}\n${remoteId}`
}

function setMembership<T>(set: Set<T>, value: T, isMember: boolean): void {
  if (isMember) set.add(value)
  else set.delete(value)
}
