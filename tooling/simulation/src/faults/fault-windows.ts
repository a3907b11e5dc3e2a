import type { Draw } from '../chance/draw.js'
import { WINDOW_KINDS, type WindowKind } from './fault-kind.js'
import type { FaultLog } from './fault-log.js'
import type { FaultPlan } from './fault-plan.js'
import type { Strikes } from './strikes.js'

const MOST = 4

interface FaultWindow {
  readonly kind: WindowKind
  readonly from: number
  readonly to: number
}

/** What goes on for a while for everybody: a store, a disk or a provider that is out, a list that stands still. */
export class FaultWindows {
  readonly #windows: readonly FaultWindow[]
  #isHealed = false

  constructor(params: {
    readonly plan: FaultPlan
    readonly strikes: Strikes
    readonly draw: Draw
    readonly log: FaultLog
    readonly from: number
    /** How long things go wrong. */
    readonly chaosMs: number
  }) {
    const { plan, strikes, draw, log, from, chaosMs } = params
    const sizeOf = (kind: WindowKind): number =>
      kind === 'list_frozen' ? plan.sizes.frozenListMs : plan.sizes.outageMs
    this.#windows = WINDOW_KINDS.filter((kind) => strikes.isOn(kind)).flatMap((kind) =>
      Array.from({ length: draw.whole(1, MOST) }, () => {
        const at = from + Math.round(draw.fraction() * chaosMs)
        return { kind, from: at, to: at + Math.round(sizeOf(kind) * draw.logUniform(0.3, 1)) }
      }).filter((window) => {
        if (!strikes.counted(kind)) return false
        log.add(
          kind,
          `from ${new Date(window.from).toISOString()} for ${window.to - window.from} ms`,
        )
        return true
      }),
    )
  }

  /** Whether this goes on at an instant. */
  isOn(kind: WindowKind, now: number): boolean {
    return this.sinceOf(kind, now) !== null
  }

  /** When what goes on at an instant began; null when nothing of the kind does. */
  sinceOf(kind: WindowKind, now: number): number | null {
    if (this.#isHealed) return null
    let since: number | null = null
    for (const each of this.#windows) {
      if (each.kind !== kind || each.from > now || now >= each.to) continue
      if (since === null || each.from < since) since = each.from
    }
    return since
  }

  /** From now on all is well. */
  heal(): void {
    this.#isHealed = true
  }
}
