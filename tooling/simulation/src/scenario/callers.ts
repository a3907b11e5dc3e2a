import type { RequestId, Store } from '@halfrate/core'
import { simClock } from '../process/sim-clock.js'
import { SimProcess } from '../process/sim-process.js'
import type { RequestBook } from '../provider/request-book.js'
import type { Scheduler } from '../time/scheduler.js'
import type { Budgets } from './budgets.js'
import { Caller } from './caller.js'
import type { Workload } from './workload.js'

/** What the callers of a run are made from. */
export interface CallersOptions {
  readonly scheduler: Scheduler
  readonly workloads: readonly Workload[]
  /** What jobs of the first of them may cost. */
  readonly budgets: Budgets
  readonly book: RequestBook
  /** When the run began, virtual time. */
  readonly startedAt: number
  readonly storeFor: (process: SimProcess) => Store
  /** How long after its end a caller is started again. */
  readonly restartMs: () => number
  /** Told of what a caller can't go on after. */
  readonly onFailure: (error: unknown) => void
}

const NO_BUDGETS: Budgets = new Map()

/** The callers of a run, one for each project: killed and started again, until each has put in what it had. */
export class Callers {
  readonly #options: CallersOptions
  readonly #processes = new Map<Workload, SimProcess>()
  readonly #done = new Set<Workload>()

  constructor(options: CallersOptions) {
    this.#options = options
  }

  /** Whether every one of them has put in what it had. */
  get isDone(): boolean {
    return this.#done.size === this.#options.workloads.length
  }

  /** Starts all of them. */
  start(): void {
    for (const workload of this.#options.workloads) this.#start(workload)
  }

  /** Lets frozen ones go on. */
  thaw(): void {
    for (const process of this.#processes.values()) process.thaw()
  }

  /** Kills all of them; each does it all again. One that is dead is about to be started anyway. */
  restart(): void {
    this.#done.clear()
    for (const process of this.#processes.values()) process.kill()
  }

  #start(workload: Workload): void {
    const { scheduler, storeFor, restartMs, startedAt, onFailure } = this.#options
    const isFirst = this.#options.workloads[0] === workload
    const name = isFirst ? 'caller' : `caller of ${workload.project}`
    const process = new SimProcess(name, scheduler, () =>
      scheduler.after(restartMs(), () => this.#start(workload)),
    )
    this.#processes.set(workload, process)
    const caller = new Caller({
      store: storeFor(process),
      clock: simClock({ process, scheduler, skewMs: 0, onSpin: () => undefined }),
      workload,
      budgets: isFirst ? this.#options.budgets : NO_BUDGETS,
      startedAt,
      strangers: () => this.#strangersTo(workload),
    })
    caller.run(() => scheduler.now).then(() => this.#done.add(workload), onFailure)
  }

  #strangersTo({ project }: Workload): readonly RequestId[] {
    const others = [...this.#options.book.all()].filter((request) => request.project !== project)
    return others.map(({ id }) => id)
  }
}
