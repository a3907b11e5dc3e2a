import type { Attempt, NanoUsd, ReportMoney } from '@halfrate/core'
import { costInRealTime } from '@halfrate/core/money'

/** Adds up the money of attempts, in whole nano-dollars. */
export class MoneySum {
  #paid = 0
  #realtime = 0
  #waste = 0
  #unpriced = 0
  #possiblyPaid = 0
  #possiblyPaidNano = 0

  add(attempt: Attempt): void {
    const cost = attempt.costNano ?? 0
    this.#paid += cost
    this.#realtime += costInRealTime(attempt) ?? 0
    if (attempt.waste) this.#waste += cost
    if (attempt.outcome === 'succeeded' && attempt.costNano === null) this.#unpriced += 1
    if (!attempt.possiblyPaid) return
    this.#possiblyPaid += 1
    this.#possiblyPaidNano += attempt.holdNano ?? 0
  }

  done(): ReportMoney {
    return {
      paidNano: this.#paid as NanoUsd,
      realtimeNano: this.#realtime as NanoUsd,
      wasteNano: this.#waste as NanoUsd,
      unpricedAttempts: this.#unpriced,
      possiblyPaidAttempts: this.#possiblyPaid,
      possiblyPaidNano: this.#possiblyPaidNano as NanoUsd,
    }
  }
}
