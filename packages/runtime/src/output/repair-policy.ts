import { ConfigError, type QueuePolicy } from '@halfrate/core'
import { jsonSchemaOf } from './output-format.js'

/**
 * What `repair` says of a queue's policy: its output as the schema by which answers are sent back. Nothing where it is left out.
 *
 * @throws {ConfigError} when it is neither true nor false, or there is no output.
 */
export function repairPolicy({
  repair,
  output,
}: {
  readonly repair?: boolean | undefined
  readonly output?: unknown
}): Partial<Pick<QueuePolicy, 'outputSchema'>> {
  if (repair === undefined) return {}
  if (typeof repair !== 'boolean') {
    throw new ConfigError(
      `repair: expected true or false, got ${JSON.stringify(repair)}.`,
      'Correct it. Nothing was stored.',
    )
  }
  if (!repair) return { outputSchema: null }
  if (output !== undefined && output !== null) return { outputSchema: jsonSchemaOf(output) }
  throw new ConfigError(
    'repair: expected an output beside it, got none.',
    'Pass { output, repair: true }, so that it is known what an answer is to be. Nothing was stored.',
  )
}
