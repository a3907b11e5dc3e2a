import { InvariantError } from '../errors.js'
import { type Filling, isOpenIn } from '../model/filling.js'
import type { JobId, ProjectId, RequestId } from '../model/ids.js'
import type { Job } from '../model/job.js'
import type { EpochMs } from '../model/time.js'

/** What the part of a job that is being filled holds so far. */
export interface OpenPart {
  readonly part: number
  /** When somebody last worked on it. */
  touchedAt: EpochMs
  /** Requests that were put in it, ascending. */
  readonly put: Set<RequestId>
  /** Rows that its input lists, older requests included; they count from the commit on. */
  readonly rows: Map<RequestId, number | null>
}

/** Jobs by id and name, with their open parts. */
export class JobTable {
  readonly openParts: Map<JobId, OpenPart> = new Map()
  /** Committed jobs that are not done. */
  readonly committed: Set<JobId> = new Set()
  /** Requests of a job's newest input in row order; made when asked for, dropped by a commit. */
  readonly listings: Map<JobId, readonly RequestId[]> = new Map()
  readonly #rows = new Map<JobId, Job>()
  readonly #byName = new Map<string, JobId>()

  get(id: JobId): Job | undefined {
    return this.#rows.get(id)
  }

  /** @throws {InvariantError} when there is none. */
  need(id: JobId): Job {
    const row = this.#rows.get(id)
    if (row === undefined) throw new InvariantError(`There is no job ${id}.`)
    return row
  }

  all(): Iterable<Job> {
    return this.#rows.values()
  }

  byName(project: ProjectId, name: string): Job | undefined {
    const id = this.#byName.get(nameKey(project, name))
    return id === undefined ? undefined : this.#rows.get(id)
  }

  /** The open part of a job, if it is that one and in that filling. */
  openIn(filling: Filling): OpenPart | undefined {
    const job = this.#rows.get(filling.id)
    return job !== undefined && isOpenIn(job, filling) ? this.openParts.get(job.id) : undefined
  }

  write(job: Job): Job {
    const frozen = Object.freeze(job)
    this.#rows.set(job.id, frozen)
    this.#byName.set(nameKey(job.project, job.name), job.id)
    if (job.state === 'committed') this.committed.add(job.id)
    else this.committed.delete(job.id)
    return frozen
  }

  remove(id: JobId): void {
    const job = this.need(id)
    this.#rows.delete(id)
    this.#byName.delete(nameKey(job.project, job.name))
    this.committed.delete(id)
    this.openParts.delete(id)
    this.listings.delete(id)
  }
}

function nameKey(project: ProjectId, name: string): string {
  return `${project}\n${name}`
}
