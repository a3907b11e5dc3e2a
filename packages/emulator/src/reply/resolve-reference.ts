import type { JsonObject } from '../model/index.js'
import { isObject } from '../model/json-access.js'

/** What a reference within a schema, such as `#/$defs/tag`, leads to; undefined if to nothing, or out of the schema. */
export function resolveReference(root: JsonObject, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined
  let found: unknown = root
  for (const part of reference.slice(1).split('/').filter(Boolean)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined
  }
  return found
}
