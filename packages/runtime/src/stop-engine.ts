import type { Engine } from '@halfrate/core'

/**
 * Stops an engine; what is under way may end within the grace, milliseconds of real time.
 *
 * @param clockFactor - milliseconds of the engine's clock in a real one. On one that stands still the grace would never be
 * over, so real time ends it.
 */
export async function stopEngine(
  engine: Engine,
  graceMs: number,
  clockFactor: number,
): Promise<void> {
  if (clockFactor > 0) return await engine.stop({ graceMs: graceMs * clockFactor })
  const timer = setTimeout(() => void engine.stop({ graceMs: 0 }), graceMs)
  try {
    await engine.stop({ graceMs: Number.MAX_SAFE_INTEGER })
  } finally {
    clearTimeout(timer)
  }
}
