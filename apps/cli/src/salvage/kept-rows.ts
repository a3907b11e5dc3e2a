import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { OutputError } from '@halfrate/core'
import type { OutputTarget } from '../output/output-target.js'
import { countOf } from '../screen/number-text.js'

const HEAD = Buffer.from('{"key":')

/**
 * Why rows must not take the place of an earlier salvage: it has more of some batch, and what Claude no longer keeps would be
 * lost for good. Null when they may.
 */
export async function refusalToReplace(
  target: OutputTarget,
  byBatch: ReadonlyMap<string, number>,
): Promise<OutputError | null> {
  if (target.type !== 'file' || target.mode === null) return null
  const earlier = await rowsByBatch(target.path)
  const fewer = [...earlier].filter(([batch, rows]) => rows > (byBatch.get(batch) ?? 0))
  const [first] = fewer
  if (first === undefined) return null
  const [batch, rows] = first
  const others =
    fewer.length === 1 ? '' : ` and of ${countOf(fewer.length - 1, 'other batch', 'other batches')}`
  const now = byBatch.get(batch) ?? 0
  return new OutputError(
    `-o ${target.name}: it has ${countOf(rows, 'row')} of ${batch}${others}, and this time ${now === 0 ? 'there are none' : `there are ${now}`}.`,
    'It was left as it is. Name another file with -o.',
  )
}

// Rows of other commands have no batch, and are replaced as they do it themselves.
async function rowsByBatch(path: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  if (!(await mayBeRows(path))) return counts
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Infinity,
  })) {
    const batch = batchOf(line)
    if (batch !== null) counts.set(batch, (counts.get(batch) ?? 0) + 1)
  }
  return counts
}

// What is something else may be one line of any length.
async function mayBeRows(path: string): Promise<boolean> {
  for await (const head of createReadStream(path, { end: HEAD.length - 1 })) {
    return HEAD.equals(head as Buffer)
  }
  return false
}

function batchOf(line: string): string | null {
  if (!line.includes('"batch_id":')) return null
  try {
    const row = JSON.parse(line) as {
      readonly batch_id?: unknown
      readonly results?: unknown
    } | null
    return typeof row?.batch_id === 'string' && typeof row.results === 'number'
      ? row.batch_id
      : null
  } catch {
    return null
  }
}
