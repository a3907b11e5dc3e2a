import { IDENTITY_SETTING, isImported, MINUTE_MS, SECOND_MS } from '@halfrate/core'
import { Draw } from '../chance/draw.js'
import { runUntil } from '../ending.js'
import { Simulation, type SimulationOptions } from '../simulation.js'
import { openRestorable } from './open-restorable.js'
import { operate } from './operator.js'
import type { Backup, RestorableStore } from './restorable-store.js'
import type { RestorePlan } from './restore-plan.js'

/** What a restore came to. */
export interface RestoreFigures {
  /** Batches that the recovery took in. */
  readonly imported: number
  /** Requests that the backup did not have. */
  readonly forgotten: number
}

// Backups that are made while things go wrong.
const SLICES = 30
const OPERATE_EVERY_MS = 10 * MINUTE_MS
// The operator starts workers again this long after the last sign of life that the backup shows, at least.
const AWAY = 1.5

/** A world whose store can be put back from a backup. */
export class RestoredWorld {
  readonly simulation: Simulation
  readonly #restorable: RestorableStore
  #forgotten = 0

  private constructor(simulation: Simulation, restorable: RestorableStore) {
    this.simulation = simulation
    this.#restorable = restorable
  }

  /** Makes one in which nothing has happened yet. */
  static async open(
    options: SimulationOptions,
    { afterAbsence }: RestorePlan,
  ): Promise<RestoredWorld> {
    const opened: RestorableStore[] = []
    const simulation = await Simulation.open({
      ...options,
      afterAbsence,
      openStore: async (params) => {
        const restorable = await openRestorable(params)
        opened.push(restorable)
        return { store: restorable.store }
      },
    })
    return new RestoredWorld(simulation, opened[0] as RestorableStore)
  }

  /**
   * Lets things go wrong around the backup, the restore and what comes after it: at some instant everything stops, an
   * older copy of the store is put back, and workers start again.
   */
  async goWrong(): Promise<void> {
    const { simulation } = this
    const { scenario, scheduler, log, strikes, violations } = simulation
    const { seed, chaosMs, settings } = scenario
    const backup = await this.#backUp(new Draw(seed, 'restore').whole(1, SLICES / 2))
    if (violations.any) return
    const awayMs = Math.round(AWAY * (settings.absenceMs + settings.heartbeatMs))
    strikes.counted('restored')
    this.#forgotten = await simulation.restore(awayMs, backup)
    log.add('restored', `${this.#forgotten} requests forgotten, workers away for ${awayMs} ms`)
    this.#visitAgain()
    const until = Math.max(scheduler.now + awayMs, scenario.startAt + chaosMs)
    await runUntil(simulation, until, () => false)
  }

  /** What it came to, at the end. */
  async figures(): Promise<RestoreFigures> {
    const all = await this.simulation.storeJudge.submissions()
    return { imported: all.filter(isImported).length, forgotten: this.#forgotten }
  }

  // The newest backup that lacks a batch: the last of those made before somebody sent one.
  async #backUp(from: number): Promise<Backup> {
    const { simulation } = this
    const { scheduler, scenario, violations, store } = simulation
    // A copy from before the store's first start has no key, so it is no backup of this store.
    const hasKey = async (): Promise<boolean> => (await store.getSetting(IDENTITY_SETTING)) !== null
    while (!(await hasKey()) && !violations.any) {
      await runUntil(simulation, scheduler.now + SECOND_MS, () => false)
    }
    for (let slice = 1; ; slice += 1) {
      const backup = await this.#restorable.backup()
      const before = batchesOf(simulation)
      await runUntil(simulation, scheduler.now + Math.ceil(scenario.chaosMs / SLICES), () => false)
      const isLast = slice >= SLICES || violations.any
      if (isLast || (slice >= from && batchesOf(simulation) > before)) return backup
    }
  }

  #visitAgain(): void {
    const { scheduler, store, scenario } = this.simulation
    const decides = scenario.person === null
    const visit = (): void => {
      void operate(store, { decides })
      scheduler.after(OPERATE_EVERY_MS, visit)
    }
    scheduler.after(OPERATE_EVERY_MS, visit)
  }
}

function batchesOf({ provider }: Simulation): number {
  return provider.model.ledger.accepted().filter(({ isForeign }) => !isForeign).length
}
