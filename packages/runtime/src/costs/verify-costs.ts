import type { ProjectId, QueueName, Report, Store } from '@halfrate/core'
import { type CostDimension, type CostSums, CostTally } from '@halfrate/core/money'
import { dayOf } from './day-of.js'
import { readAllCosts } from './read-all-costs.js'

/** What a comparison of costs found. */
export interface CostsVerified {
  /** Says what differs, each in a sentence; empty when all is the same. */
  readonly differences: readonly string[]
  /** False when costs were booked during every try, so that nothing could be compared. */
  readonly isCompared: boolean
}

/** What {@link verifyCosts} reads. */
export interface CostsToVerify {
  readonly store: Pick<Store, 'readCosts' | 'report' | 'traits'>
  readonly project: ProjectId
  /** Whether somebody may book meanwhile; a store that nobody writes to is compared at the first try. Default true. */
  readonly mayChange?: boolean | undefined
}

const DIMENSIONS: readonly CostDimension[] = [
  ...(['project', 'queue', 'route', 'model', 'day', 'month', 'job'] as const),
  ...(['batch', 'account', 'workspace'] as const),
]
// Names of labels that are told apart by; a store may have any number of them.
const MOST_LABELS = 20
// What is beyond them is one sum, so that memory does not grow with a store.
const MOST_GROUPS = 1_000
const TRIES = 5

/**
 * Compares what `costs` tells with what reports tell: the sums of all costs, those of each queue, and the sums of the groups of every
 * dimension with their total. The two are read by other ways: costs by batch, one attempt after another; reports by request, as sums
 * of the store. Memory does not grow with the store.
 */
export async function verifyCosts(params: CostsToVerify): Promise<CostsVerified> {
  const { store, project, mayChange = true } = params
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await store.report({ scope: { project } })
    const costs = await tallied(params)
    const differences = [
      ...differencesOf('all costs', costs.total, before),
      ...groupDifferences(costs),
      ...(await queueDifferences(params, costs)),
    ]
    if (differences.length === 0) return { differences, isCompared: true }
    const after = await store.report({ scope: { project } })
    if (!mayChange || isSame(before, after)) return { differences, isCompared: true }
  }
  return { differences: [], isCompared: false }
}

interface Tallied {
  readonly total: CostSums
  readonly tallies: ReadonlyMap<CostDimension, CostTally>
}

async function tallied({ store, project }: CostsToVerify): Promise<Tallied> {
  const day = dayOf('UTC')
  const options = { project, dayOf: day, mostGroups: MOST_GROUPS }
  const whole = new CostTally({ ...options, by: ['project'] })
  const tallies = new Map<CostDimension, CostTally>(
    DIMENSIONS.map((dimension) => [dimension, new CostTally({ ...options, by: [dimension] })]),
  )
  const labels = new Map<string, CostTally>()
  const everything = { from: null, to: null, queue: null, job: null }
  await readAllCosts({ store, project, ...everything }, (row) => {
    whole.add(row)
    for (const tally of tallies.values()) tally.add(row)
    for (const name of Object.keys(row.labels ?? {})) {
      if (labels.has(name) || labels.size >= MOST_LABELS) continue
      labels.set(name, new CostTally({ ...options, by: [`label:${name}`] }))
    }
    for (const [name, tally] of labels) {
      if (row.labels !== null && Object.hasOwn(row.labels, name)) tally.add(row)
    }
  })
  const byLabel = [...labels].map(([name, tally]) => [`label:${name}` as const, tally] as const)
  return { total: whole.total, tallies: new Map([...tallies, ...byLabel]) }
}

// Amounts of reports are doubles, exact as far as these go; what is beyond is shown the same.
function differencesOf(name: string, sums: CostSums, { money }: Report): readonly string[] {
  const pairs: readonly (readonly [what: string, costs: bigint, report: number])[] = [
    ['paid', sums.paidNano, money.paidNano],
    ['in real time', sums.realtimeNano, money.realtimeNano],
    ['paid twice', sums.paidTwiceNano, money.wasteNano],
    ['possibly paid', sums.possiblyPaidNano, money.possiblyPaidNano],
    ['answers without a price', BigInt(sums.unpriced), money.unpricedAttempts],
    ['attempts possibly paid', BigInt(sums.possiblyPaid), money.possiblyPaidAttempts],
  ]
  return pairs.flatMap(([what, costs, report]) =>
    Number(costs) === report
      ? []
      : [`${what} of ${name} is ${costs} by attempt and ${report} by request.`],
  )
}

function groupDifferences({ total, tallies }: Tallied): readonly string[] {
  return [...tallies].flatMap(([dimension, tally]) => {
    // A label is on some of the rows; its groups make up its own total.
    const whole = dimension.startsWith('label:') ? tally.total : total
    const parts = [...tally.groups().map(({ sums }) => sums), tally.other]
    return FIGURES.flatMap((figure) => {
      const sum = parts.reduce((all, part) => all + BigInt(part?.[figure] ?? 0), 0n)
      return sum === BigInt(whole[figure])
        ? []
        : [`${figure} by ${dimension} comes to ${sum}, and to ${whole[figure]} in all.`]
    })
  })
}

const FIGURES = [
  ...(['requests', 'attempts', 'succeeded', 'inputTokens', 'outputTokens'] as const),
  ...(['cacheReadTokens', 'cacheWrite5mTokens', 'cacheWrite1hTokens'] as const),
  ...(['webSearchRequests', 'paidNano', 'realtimeNano', 'paidTwice', 'paidTwiceNano'] as const),
  ...(['notUsed', 'notUsedNano', 'possiblyPaid', 'possiblyPaidNano'] as const),
  ...(['possiblyPaidUnknown', 'unpriced'] as const),
]

async function queueDifferences(
  { store, project }: CostsToVerify,
  { tallies }: Tallied,
): Promise<readonly string[]> {
  const found: string[] = []
  for (const { key, sums } of tallies.get('queue')?.groups() ?? []) {
    const [queue] = key
    if (queue === null || queue === undefined) continue
    const report = await store.report({ scope: { project, queue: queue as QueueName } })
    found.push(...differencesOf(`queue ${queue}`, sums, report))
  }
  return found
}

function isSame(one: Report, other: Report): boolean {
  return JSON.stringify(one.money) === JSON.stringify(other.money)
}
