import { readFileSync } from 'node:fs'
import { ConfigError, type QueuePolicy } from '@halfrate/core'
import { checkQueuePolicy } from '@halfrate/runtime'

const NEXT_STEP = 'Give a file with a JSON Schema, the schema itself, or none. Nothing was changed.'

/**
 * Reads a JSON Schema: a file that holds one, its text, or `none`.
 *
 * @throws {ConfigError} naming the flag, for what is none, or nothing that answers can be judged by.
 */
export function schemaFlag(name: string): (text: string) => QueuePolicy['outputSchema'] {
  return (given) => {
    const text = given.trim()
    if (text === 'none') return null
    const json = text.startsWith('{') ? text : textOf(name, text)
    const schema = parsed(json)
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) {
      return judged(name, schema as NonNullable<QueuePolicy['outputSchema']>)
    }
    const where = json === text ? 'text that is none' : `${JSON.stringify(text)}, which holds none`
    throw new ConfigError(`${name}: expected a JSON Schema, got ${where}.`, NEXT_STEP)
  }
}

function judged(
  name: string,
  outputSchema: NonNullable<QueuePolicy['outputSchema']>,
): QueuePolicy['outputSchema'] {
  try {
    checkQueuePolicy({ outputSchema }, 0)
    return outputSchema
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    const message = cause.message.replace(/^outputSchema/, name)
    throw new ConfigError(message, cause.nextStep, { cause })
  }
}

function textOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code = 'unreadable' } = cause as { readonly code?: string }
    const message = `${name}: expected a file with a JSON Schema, got ${JSON.stringify(path)}, which can't be read (${code}).`
    throw new ConfigError(message, NEXT_STEP, { cause })
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
