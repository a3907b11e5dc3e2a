import { DEFAULT_PROJECT } from '@halfrate/core'
import { EXIT } from '../exit-code.js'
import { openExistingStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { countOf } from '../screen/number-text.js'

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
      process.stdout.write(
        flags.json === true
          ? `${JSON.stringify({ type: 'violation', ...violation })}\n`
          : `${violation.invariant}: ${violation.message}\n`,
      )
    }
    if (page.next === null) break
    after = page.next
  }
  const { total } = (await half.store.report({ scope: { project: DEFAULT_PROJECT } })).counts
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ type: 'verified', requests: total, violations: found })}\n`
      : `${countOf(total, 'request')} checked: ${found === 0 ? 'everything holds' : countOf(found, 'violation')}\n`,
  )
  return found === 0 ? EXIT.usable : EXIT.someNotUsable
}
