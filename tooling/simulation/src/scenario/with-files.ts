import { createHash } from 'node:crypto'
import { type BlobBytes, type IntakeRow, itemBytesOf } from '@halfrate/core'
import { blobMark, wireBytesOf } from '@halfrate/core/intake'
import { Draw } from '../chance/draw.js'
import type { IntakeFacts } from '../judge/intake-watch.js'
import { hashOf, type Workload } from './workload.js'

const SHARE = 0.15
const MOST_FILES = 3
// Base64 of so many bytes still fits where it goes.
const MOST_BYTES = 180

/**
 * Gives about half of the rows of some seeds a file, of a few that they share; its base64 is the user id of their metadata on the wire.
 * From a draw of their own, so that the other seeds go as they did without.
 */
export function withFiles(seed: number, workload: Workload): Workload {
  const draw = new Draw(seed, 'files')
  if (!draw.chance(SHARE)) return workload
  const files = Array.from({ length: draw.whole(1, MOST_FILES) }, () => drawFile(draw))
  const facts = new Map(workload.facts)
  const changed = new Map<IntakeRow, IntakeRow>()
  for (const row of new Set(workload.deliveries.flatMap(({ rows }) => rows))) {
    if (!draw.chance(0.5)) continue
    const file = draw.pick(files as [BlobBytes, ...BlobBytes[]])
    const withFile = rowWithFile(row, file)
    const known = facts.get(hexOf(row.paramsHash)) as IntakeFacts
    facts.set(hexOf(withFile.paramsHash), { ...known, file: base64Of(file) })
    changed.set(row, withFile)
  }
  const deliveries = workload.deliveries.map((delivery) => ({
    ...delivery,
    rows: delivery.rows.map((row) => changed.get(row) ?? row),
  }))
  return { ...workload, deliveries, facts }
}

function drawFile(draw: Draw): BlobBytes {
  const bytes = Uint8Array.from({ length: draw.whole(1, MOST_BYTES) }, () => draw.whole(0, 255))
  return { hash: new Uint8Array(createHash('sha256').update(bytes).digest()), bytes }
}

function rowWithFile(row: IntakeRow, file: BlobBytes): IntakeRow {
  const mark = blobMark({ hash: file.hash, size: file.bytes.length })
  const parts = [row.body, Buffer.from(',"metadata":{"user_id":"'), mark, Buffer.from('"}')]
  const body = new Uint8Array(Buffer.concat(parts))
  const itemBytes = itemBytesOf(row.prefix?.bytes.length ?? 0, wireBytesOf(body))
  const paramsHash = hashOf(`${hexOf(row.paramsHash)}|${hexOf(file.hash)}`)
  return { ...row, body, itemBytes, paramsHash, blobs: [file] }
}

function base64Of({ bytes }: BlobBytes): string {
  return Buffer.from(bytes).toString('base64')
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
