import { DEFAULT_PROJECT } from '@halfrate/core'
import { verifyCosts } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { countOf } from '../screen/number-text.js'
import { printAnswer } from '../terminal/print-answer.js'

/** Flags of `verify`. */
export interface VerifyFlags extends StoreFlags {
  readonly json?: boolean | undefined
}

const PAGE = 1_000

/** Checks every invariant of a store, page by page, and names what is broken. */
export async function verify(flags: VerifyFlags): Promise<number> {
  await using half = await openExistingStore(placeOf(flags))
  let found = 0
  for (let after: string | null = null; ; ) {
    const page = await half.store.verify({ after, limit: PAGE })
    for (const violation of page.violations) {
      found += 1
      const { invariant, message } = violation
      const object = { type: 'violation', ...violation }
      printAnswer(flags.json, { object, lines: [`${invariant}: ${message}`] })
    }
    if (page.next === null) break
    after = page.next
  }
  const { differences, isCompared } = await verifyCosts({
    ...{ store: half.store, project: DEFAULT_PROJECT },
  })
  for (const message of differences) {
    found += 1
    const object = { type: 'violation', invariant: 'I8', message }
    printAnswer(flags.json, { object, lines: [`I8: ${message}`] })
  }
  if (!isCompared && flags.json !== true) {
    printAnswer(false, { object: {}, lines: ['costs were booked all the time: not compared'] })
  }
  const { total } = (await half.store.report({ scope: { project: DEFAULT_PROJECT } })).counts
  const end = found === 0 ? 'everything holds' : countOf(found, 'violation')
  printAnswer(flags.json, {
    object: { type: 'verified', requests: total, violations: found, costs_compared: isCompared },
    lines: [`${countOf(total, 'request')} checked: ${end}`],
  })
  return found === 0 ? EXIT.usable : EXIT.someNotUsable
}
