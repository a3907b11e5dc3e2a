import { SECOND_MS } from '../model/time.js'
import { clockSkew } from '../policy/clock-skew.js'
import { alarm, type EngineContext } from './context.js'
import type { SurveyResult } from './survey.js'

/**
 * Raises an alarm when the store's clock and the provider's differ. Nothing is sent twice for that, since each window is
 * reckoned on the clock of whoever keeps it; but deadlines and schedules are only as right as the store's.
 */
export async function checkClock(context: EngineContext, survey: SurveyResult): Promise<void> {
  const { startedAt: askedAt, serverAt } = survey
  if (serverAt === null) return
  const skew = clockSkew({ askedAt, serverAt, answeredAt: await context.store.now() })
  if (skew === null) return
  const seconds = Math.round(Math.abs(skew) / SECOND_MS)
  const message = `The store's clock is ${seconds} s ${skew > 0 ? 'ahead of' : 'behind'} the provider's; set it by a time server.`
  alarm(context, { code: 'clock_skew', message })
}
