import {
  type Halfrate,
  type HalfrateOptions,
  openHalfrate as open,
  parseFastClock,
} from '@halfrate/runtime'
import { readEnvironment } from '../config.js'

/**
 * Opens a store and what works on it: the door of the library.
 *
 * What the options leave out comes from the environment: the key from `ANTHROPIC_API_KEY`, the address from
 * `ANTHROPIC_BASE_URL`, as Anthropic's own libraries read them; and a clock shared with an emulator, for tests, from
 * `HALFRATE_CLOCK`, which holds the line that the emulator printed.
 *
 * @throws {ConfigError} when an option or a variable can't be used.
 * @throws {StoreNewerError} when a newer Halfrate wrote the store.
 * @throws {StoreForeignError} when the file is something else.
 *
 * @example
 * await using half = await openHalfrate({ store: './claims.db' })
 * const job = await half.run('claims-2026-11-21', rows)
 * for await (const result of job.results()) {
 *   if (result.status === 'succeeded') await save(result.key, result.text, result.costUsd)
 *   else console.error(result.key, result.error.code, result.error.nextStep)
 * }
 */
export async function openHalfrate(options: HalfrateOptions): Promise<Halfrate> {
  // A test's emulator has its own, whatever the environment says.
  const isObject = typeof options === 'object' && options !== null
  if (!isObject || options.emulator !== undefined) return await open(options)
  const { apiKey, baseUrl, clock } = readEnvironment()
  const shared = clock === null ? null : parseFastClock(clock)
  return await open({
    ...options,
    apiKey: options.apiKey === undefined ? apiKey : options.apiKey,
    baseUrl: options.baseUrl === undefined ? baseUrl : options.baseUrl,
    clock: options.clock === undefined ? shared : options.clock,
  })
}
