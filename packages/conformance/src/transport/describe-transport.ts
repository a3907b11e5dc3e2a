import { describe, test } from 'vitest'
import { cancelCases } from './cancel-cases.js'
import { countCases } from './count-cases.js'
import { createCases } from './create-cases.js'
import { createFaultCases } from './create-fault-cases.js'
import { failedReadCases } from './failed-read-cases.js'
import { messageCases } from './message-cases.js'
import { notSentCases } from './not-sent-cases.js'
import { readCases } from './read-cases.js'
import { resultsCases } from './results-cases.js'
import type { TransportCase, TransportHarness } from './transport-harness.js'

const GROUPS: Readonly<Record<string, readonly TransportCase[]>> = {
  create: createCases,
  'create, answered badly': createFaultCases,
  'create, ended here': notSentCases,
  'in real time': messageCases,
  reading: readCases,
  'reading, answered badly': failedReadCases,
  cancel: cancelCases,
  results: resultsCases,
  counting: countCases,
}

/** How to get at the transport under test. */
export interface DescribeTransportOptions {
  /** Opens a fresh provider with a transport to it; every case gets one of its own and closes it. */
  open(): Promise<TransportHarness>
}

/**
 * Registers the cases that every {@link Transport} must pass, with vitest.
 *
 * @example
 * describeTransport('over HTTP', { open: openEmulated })
 */
export function describeTransport(name: string, options: DescribeTransportOptions): void {
  describe(`transport ${name}`, () => {
    for (const [group, cases] of Object.entries(GROUPS)) {
      describe(group, () => {
        for (const each of cases) test(each.name, () => runCase(each, options))
      })
    }
  })
}

async function runCase(each: TransportCase, options: DescribeTransportOptions): Promise<void> {
  const harness = await options.open()
  try {
    await each.run(harness)
  } finally {
    await harness.close()
  }
}
