import { type ProjectId, type Repriced, reprice, type Store } from '@halfrate/core'
import type { CostRow } from '@halfrate/core/money'
import { costNanoUsd, type LedgerRow } from '@halfrate/emulator/model'
import { readAllCosts, verifyCosts } from '@halfrate/runtime'
import { LATER_LEDGER_PRICES, LATER_PRICE_BOOK } from '../scenario/prices.js'
import type { Violations } from './violation.js'

/** What filling in costs is judged by. */
export interface RepriceJudgeOptions {
  readonly store: Store
  readonly projects: readonly ProjectId[]
  /** The provider's bill, without what is booked as possibly paid. */
  readonly billed: readonly LedgerRow[]
  /** Whether every answer that was billed is in the books of its own project. */
  readonly isWhole: boolean
  readonly violations: Violations
}

interface Books {
  readonly paid: bigint
  readonly unpriced: number
  /** What counts against a budget, and the holds of what is not over. */
  readonly used: bigint
  readonly held: number
  readonly rows: ReadonlyMap<string, CostRow>
}

/**
 * Makes a price known at the end of a run, fills in what was booked without it, and holds that against the provider's bill: nothing
 * that had a cost has another one, what had none has that of its batch's day, every sum has grown by as much, once, and is the same
 * whichever way it is read.
 */
export async function judgeReprice(options: RepriceJudgeOptions): Promise<void> {
  const { store, projects, violations } = options
  const open = new Map<ProjectId, Books>()
  let priced = 0n
  for (const project of projects) {
    await judgeCosts(options, project)
    const before = await booksOf(store, project)
    open.set(project, before)
    const first = await fill(store, project)
    const again = await fill(store, project)
    if (again.priced > 0) violations.add('reprice', `${project} prices ${again.priced} again.`)
    if (first.unpriced > 0) violations.add('reprice', `${project} leaves ${first.unpriced}.`)
    judgeGrowth(options, { project, before, after: await booksOf(store, project), first })
    await judgeCosts(options, project)
    priced += BigInt(first.costNano)
  }
  judgeBill(options, priced)
}

async function fill(store: Store, project: ProjectId): Promise<Repriced> {
  return await reprice({ store, project, book: LATER_PRICE_BOOK, write: true })
}

async function judgeCosts(
  { store, violations }: RepriceJudgeOptions,
  project: ProjectId,
): Promise<void> {
  const { differences } = await verifyCosts({ store, project, mayChange: false })
  for (const difference of differences) violations.add('costs', `${project}: ${difference}`)
}

async function booksOf(store: Store, project: ProjectId): Promise<Books> {
  const { money } = await store.report({ scope: { project } })
  const use = await store.budgetUse({ scope: { type: 'project', project }, since: 0 })
  const rows = new Map<string, CostRow>()
  const everything = { from: null, to: null, queue: null, job: null }
  await readAllCosts({ store, project, ...everything }, (row) => {
    rows.set(`${row.submissionId}:${row.ordinal}`, row)
  })
  return {
    paid: BigInt(money.paidNano),
    unpriced: money.unpricedAttempts,
    used: BigInt(use.spentNano),
    held: use.heldNano,
    rows,
  }
}

function judgeGrowth(
  { violations }: RepriceJudgeOptions,
  found: {
    readonly project: ProjectId
    readonly before: Books
    readonly after: Books
    readonly first: Repriced
  },
): void {
  const { project, before, after, first } = found
  const cost = BigInt(first.costNano)
  const tell = (text: string): void => violations.add('reprice', `${project} ${text}`)
  if (first.priced !== before.unpriced) {
    tell(`had ${before.unpriced} without a price and priced ${first.priced}.`)
  }
  if (after.paid - before.paid !== cost) {
    tell(`paid ${before.paid}, priced ${cost}, and reports ${after.paid}.`)
  }
  if (before.held === 0 && after.used - before.used !== cost) {
    tell(`had used ${before.used}, priced ${cost}, and its budgets count ${after.used}.`)
  }
  for (const [place, { costNano, realtimeNano }] of before.rows) {
    const now = after.rows.get(place)
    if (costNano === null) continue
    if (now?.costNano === costNano && now.realtimeNano === realtimeNano) continue
    tell(`cost ${costNano} at ${place}, and now ${now?.costNano ?? null}.`)
  }
}

// By the provider's own arithmetic and list, of the day on which each batch was made.
function judgeBill(options: RepriceJudgeOptions, priced: bigint): void {
  const { isWhole, violations } = options
  if (!isWhole) return
  const unpriced = options.billed.filter(({ nanoUsd }) => nanoUsd === null)
  const billed = unpriced.reduce((sum, { usage, model, pricedAt }) => {
    if (usage === null || model === null) return sum
    return sum + (costNanoUsd(usage, model, LATER_LEDGER_PRICES, pricedAt) ?? 0n)
  }, 0n)
  if (billed === priced) return
  violations.add('reprice', `The ledger bills ${billed} for what was priced at ${priced}.`)
}
