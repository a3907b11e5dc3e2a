import { blobMarksOf } from '@halfrate/core/intake'
import { describe, expect, it } from 'vitest'
import { drawScenario } from '../../src/scenario/scenario.js'

const all = Array.from({ length: 400 }, (_, index) => drawScenario(index + 1, 'many').workload)
const rowsOf = (workload: (typeof all)[number]) => workload.deliveries.flatMap(({ rows }) => rows)
const some = all.filter((workload) => rowsOf(workload).some(({ blobs }) => blobs !== undefined))

describe('files of rows', () => {
  it('are there in about a seventh of the seeds, and there in some rows, which share them', () => {
    expect(some.length).toBeGreaterThan(40)
    expect(some.length).toBeLessThan(80)
    const rows = some.flatMap(rowsOf)
    const withFile = rows.filter(({ blobs }) => blobs !== undefined)
    expect(withFile.length).toBeLessThan(rows.length * 0.7)
    expect(withFile.length).toBeGreaterThan(rows.length * 0.3)
    const files = new Set(withFile.flatMap(({ blobs = [] }) => blobs))
    expect(withFile.length).toBeGreaterThan(files.size * 2)
  })

  it('have one mark in the body, and the judge knows what must come with the row', () => {
    for (const workload of some) {
      for (const { body, blobs = [], paramsHash } of rowsOf(workload)) {
        const marks = [...blobMarksOf(body)].map(({ hash }) => Buffer.from(hash).toString('hex'))
        expect(marks).toEqual(blobs.map(({ hash }) => Buffer.from(hash).toString('hex')))
        const { file } = workload.facts.get(Buffer.from(paramsHash).toString('hex')) ?? {}
        const [blob] = blobs
        expect(file).toBe(blob && Buffer.from(blob.bytes).toString('base64'))
      }
    }
  })
})
