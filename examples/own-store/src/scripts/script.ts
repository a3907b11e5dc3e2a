import { createHash } from 'node:crypto'

/** A Lua script, which the server runs from its first line to its last with nothing in between. */
export interface Script {
  readonly name: string
  readonly lua: string
  /** What the server knows it by. */
  readonly sha: string
}

/** Makes a script. The first line refuses it whole, before its first command, while the server is out of memory. */
export function scriptOf(name: string, ...parts: readonly string[]): Script {
  const lua = `#!lua\n${parts.join('\n')}`
  return { name, lua, sha: createHash('sha1').update(lua).digest('hex') }
}
