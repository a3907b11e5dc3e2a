import type { Digest } from '../ports/digest.js'
import type { Violation } from '../ports/store-upkeep.js'
import { hexOf } from './byte-text.js'
import type { Tables } from './tables.js'

/** Checks some of the files: that a body has each, and, where there is a digest, that its bytes are those of its hash. */
export function fileViolations(
  tables: Tables,
  digest: Pick<Digest, 'sha256'> | null,
  { after, limit }: { readonly after: number; readonly limit: number },
): { readonly violations: readonly Violation[]; readonly last: number | null } {
  const files = [...tables.bytes.blobs]
  const page = files.slice(after, after + limit)
  const kept = new Set([...tables.bytes.bodies.values()].flatMap(({ blobKeys }) => blobKeys))
  const violations: Violation[] = []
  for (const [key, bytes] of page) {
    const hash = key.slice(key.indexOf('\n') + 1)
    if (!kept.has(key)) violations.push(broken(`File ${hash} belongs to no request.`))
    if (digest !== null && hashOf(digest, bytes) !== hash) {
      violations.push(broken(`File ${hash} is damaged: its bytes are not those of its hash.`))
    }
  }
  return { violations, last: page.length < limit ? null : after + limit }
}

function hashOf(digest: Pick<Digest, 'sha256'>, bytes: Uint8Array): string {
  const hash = digest.sha256()
  hash.add(bytes)
  return hexOf(hash.end())
}

function broken(message: string): Violation {
  return { invariant: 'I1', message }
}
