import type { ProjectId, QueueName } from '@halfrate/core'

/** Requests of a queue that a step has ended without looking at their rows. */
export interface EndedOfQueue {
  readonly project: ProjectId
  readonly queue: QueueName
  readonly requestIds: number[]
}

/** The requests that the step under way has ended, for what must be kept of them in the same transaction. */
export class EndedRequests {
  /** Those whose queue is in their rows. */
  readonly requestIds: number[] = []
  /** Those whose queue is known; a step books the lines of one submission. */
  ofQueue: EndedOfQueue | null = null

  /** Begins anew: another step begins, and the last one may have failed. */
  clear(): void {
    this.requestIds.length = 0
    this.ofQueue = null
  }

  get isEmpty(): boolean {
    return this.requestIds.length === 0 && (this.ofQueue?.requestIds.length ?? 0) === 0
  }
}
