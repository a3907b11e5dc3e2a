import type {
  CommitResult,
  Filling,
  ProjectId,
  PutAnswer,
  PutParams,
  RequestId,
} from '@halfrate/core'
import { splitBody } from '@halfrate/core/intake'
import type { RequestBook } from '../provider/request-book.js'

/** What a row's caller put into it. */
export interface IntakeFacts {
  readonly token: string
  readonly model: string
  /** Base64 of the file that it has; left out when it has none. */
  readonly file?: string
}

interface CancelParams {
  readonly project: ProjectId
  readonly requestIds: readonly RequestId[]
}

/** Watches what stores take in, and keeps the book of what they promised with it. */
export class IntakeWatch {
  readonly #book: RequestBook
  readonly #facts: ReadonlyMap<string, IntakeFacts>
  readonly #now: () => number
  readonly #fillings = new Map<string, Set<RequestId>>()

  /** `facts` are by the hash of params, in hex; `now` is virtual time. */
  constructor(book: RequestBook, facts: ReadonlyMap<string, IntakeFacts>, now: () => number) {
    this.#book = book
    this.#facts = facts
    this.#now = now
  }

  /** Looks at a call of the intake that took effect. */
  after(
    call: 'putRequests' | 'commitJob' | 'discardPart' | 'cancel',
    params: unknown,
    answer: unknown,
  ): void {
    if (call === 'putRequests') this.#put(params as PutParams, answer as readonly PutAnswer[])
    if (call === 'commitJob') this.#commit(params as Filling, answer as CommitResult)
    if (call !== 'cancel') return
    const { project, requestIds } = params as CancelParams
    for (const id of requestIds) this.#cancel(project, id)
  }

  #put(params: PutParams, answers: readonly PutAnswer[]): void {
    for (const [index, answer] of answers.entries()) {
      const row = params.rows[index]
      // What the part has from an earlier filling, or from a call whose answer was lost, is of this one too.
      if (params.job !== null && answer.part === params.job.part && answer.type !== 'conflict') {
        this.#idsOf(params.job).add(answer.id)
      }
      if (row === undefined || answer.type !== 'new') continue
      const facts = this.#facts.get(Buffer.from(row.paramsHash).toString('hex'))
      if (facts === undefined) continue
      const { project, queue } = params
      const isAccepted = params.job === null
      this.#book.add({
        ...{ id: answer.id, key: row.key, ...facts, project, queue, tail: tailOf(row) },
        ...{ createdAt: this.#now(), isAccepted, isCanceled: false },
      })
      if (params.onConflict === 'supersede') this.#supersede(project, row.key, answer.id)
    }
  }

  #commit(filling: Filling, answer: CommitResult): void {
    if (answer.type !== 'committed') return
    for (const id of this.#idsOf(filling)) {
      const request = this.#book.get(id)
      // What a backup does not have is put in anew, under another id.
      if (request !== undefined && request.isForgotten !== true) request.isAccepted = true
    }
  }

  // Keys of a project's run are unique over all jobs and queues.
  #supersede(project: ProjectId, key: string, by: RequestId): void {
    for (const request of this.#book.all()) {
      const isOlder = request.project === project && request.key === key && request.id !== by
      if (isOlder) request.isCanceled = true
    }
  }

  // Nobody ends what is another project's.
  #cancel(project: ProjectId, id: RequestId): void {
    const request = this.#book.get(id)
    if (request?.project === project) request.isCanceled = true
  }

  #idsOf({ id, part, fill }: Filling): Set<RequestId> {
    const name = `${id}/${part}/${fill}`
    const ids = this.#fillings.get(name) ?? new Set()
    this.#fillings.set(name, ids)
    return ids
  }
}

function tailOf({ body }: PutParams['rows'][number]): string {
  return new TextDecoder().decode(splitBody(body).tail ?? new Uint8Array())
}
