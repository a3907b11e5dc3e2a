import {
  type Clock,
  Deliverer,
  type EngineSettings,
  InvariantError,
  LeaseLostError,
  type Store,
  type WorkerId,
} from '@halfrate/core'
import type { Draw } from '../chance/draw.js'
import type { DeliveryWatch } from '../judge/delivery-watch.js'
import type { Violations } from '../judge/violation.js'
import type { Handlers, QueueOf } from '../scenario/handlers.js'
import type { SimProcess } from './sim-process.js'
import { simRandom } from './sim-random.js'

/** What a worker's handlers are made from. */
export interface HandOverOptions {
  readonly process: SimProcess
  readonly store: Store
  readonly clock: Clock
  readonly settings: EngineSettings
  readonly draw: Draw
  readonly handlers: Handlers
  readonly watch: DeliveryWatch
  readonly violations: Violations
  /** Whether handlers fail and die. */
  readonly goesWrong: () => boolean
  /** Aborted when the worker is told to stop. */
  readonly stopping: AbortSignal
  /** Aborted when its grace is over. */
  readonly cut: AbortSignal
}

const AFTER_ERROR_MS = 2_000

/** Hands the results of every queue that has a handler over in one process, until it stops or dies. */
export function handOver(options: HandOverOptions): void {
  for (const queue of options.handlers.queues) void handOverQueue(options, queue)
}

async function handOverQueue(options: HandOverOptions, queue: QueueOf): Promise<void> {
  const { clock, settings, stopping, cut, violations, process } = options
  const deliverer = makeDeliverer(options, queue)
  while (!stopping.aborted) {
    try {
      const round = await deliverer.round({ stopping, cut })
      if (round.type === 'idle') await clock.sleep({ ms: settings.idleMs, signal: stopping })
      if (round.type === 'resting') await clock.sleep({ ms: round.ms, signal: stopping })
    } catch (error) {
      if (error instanceof InvariantError || error instanceof LeaseLostError) {
        violations.add('I12', `${process.name} could not hand over: ${error.message}`)
      }
      await clock.sleep({ ms: AFTER_ERROR_MS, signal: stopping })
    }
  }
}

function makeDeliverer(options: HandOverOptions, of: QueueOf): Deliverer {
  const { process, store, clock, settings, draw, handlers, watch } = options
  return new Deliverer({
    ...{ store, clock, settings, random: simRandom(draw), ...of },
    workerId: `${process.name}-${of.project}-${of.queue}` as WorkerId,
    concurrency: handlers.concurrency,
    handle: async (row) => {
      watch.handed(of, row)
      const goesWrong = options.goesWrong()
      const isKilled = goesWrong && draw.chance(handlers.kills)
      await clock.sleep({ ms: draw.whole(1, handlers.mostMs) })
      if (isKilled) process.kill()
      // A dead process takes nothing, whatever its handler still does.
      if (process.isDead) return await clock.sleep({ ms: 1 })
      if (goesWrong && draw.chance(handlers.fails)) throw new RangeError('not taken')
      watch.took(row)
    },
  })
}
