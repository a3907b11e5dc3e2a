import { realMs } from '../real-time.js'
import { type SweepFailure, sweepAll } from '../sweep/sweep-all.js'
import type { CommandOptions } from './options.js'

/** Runs the sweep. Answers whether none of its runs found a violation. */
export async function runSweep(
  options: CommandOptions,
  print: (line: string) => void,
): Promise<boolean> {
  const startedMs = realMs()
  const { calls, runs, failures } = await sweepAll(options.storeKind, {
    onFailure: (failure) => print(textOf(failure)),
  })
  const ms = Math.round(realMs() - startedMs)
  print(
    `sweep calls=${calls} runs=${runs} store=${options.storeKind} violations=${failures.length} ms=${ms}`,
  )
  return failures.length === 0
}

function textOf({ call, name, fault, violations }: SweepFailure): string {
  const [first] = violations
  return `call ${call} (${name}) ${fault}: ${first?.invariant}: ${first?.message}`
}
