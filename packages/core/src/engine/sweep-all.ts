import { describeError, type EngineContext, isFatal, tell } from './context.js'

/**
 * Sweeps a store until nothing is left. Tells of each chore that failed, once; a failure that means a bug is thrown, after the other
 * chores were done.
 */
export async function sweepAll(context: EngineContext): Promise<void> {
  const told = new Map<string, unknown>()
  for (;;) {
    const { more, failed } = await context.store.sweep()
    for (const { chore, error } of failed) {
      if (told.has(chore)) continue
      told.set(chore, error)
      const message = `${chore}: ${describeError(error)}`
      tell(context, { type: 'step_failed', step: 'sweep', message })
    }
    if (!more) break
  }
  for (const error of told.values()) if (isFatal(error)) throw error
}
