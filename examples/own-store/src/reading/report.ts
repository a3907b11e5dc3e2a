import type { Report } from '@halfrate/core'
import type { In } from '../in-out.js'
import { isNewest } from '../rows/stored-request.js'
import type { Session } from '../session.js'
import { livesIn } from './lives.js'
import { ReportCount } from './report-count.js'
import { MoneySum } from './report-money.js'

/** See `ReadStore.report`. Adds up page by page: work that goes on meanwhile may be seen in one and not in another. */
export async function report(session: Session, params: In<'report'>): Promise<Report> {
  const counts = new ReportCount()
  const money = new MoneySum()
  for await (const page of livesIn(session, params.scope)) {
    for (const life of page) {
      for (const attempt of life.attempts) money.add(attempt)
      if (isNewest(life.row)) counts.add(life.row.request, life.isIn)
    }
  }
  return { ...counts.done(), money: money.done() }
}
