import { describe, expect, it } from 'vitest'
import { drawScenario } from '../../src/scenario/scenario.js'

const all = Array.from({ length: 400 }, (_, index) => drawScenario(index + 1, 'many'))
const withNeighbour = all.flatMap((each) => {
  return each.neighbour === null ? [] : [{ ...each, neighbour: each.neighbour }]
})

describe('a neighbour', () => {
  it('is there in about a fifth of the seeds', () => {
    expect(withNeighbour.length).toBeGreaterThan(60)
    expect(withNeighbour.length).toBeLessThan(100)
  })

  it('uses queues, jobs and keys of the same names, and some requests are equal byte for byte', () => {
    let equal = 0
    let others = 0
    for (const { workload, neighbour } of withNeighbour) {
      const own = workload.deliveries.flatMap(({ rows }) => rows)
      const jobs = workload.deliveries.map(({ job }) => job)
      expect(neighbour.project).not.toBe(workload.project)
      expect([...neighbour.policies.keys()]).toEqual([...workload.policies.keys()])
      for (const { job, queue, rows } of neighbour.deliveries) {
        expect(jobs).toContain(job)
        expect(workload.policies.has(queue)).toBe(true)
        for (const row of rows) {
          const theirs = own.filter(({ key }) => key === row.key)
          expect(theirs).not.toEqual([])
          if (theirs.some(({ paramsHash }) => Buffer.compare(paramsHash, row.paramsHash) === 0)) {
            equal += 1
          } else others += 1
        }
      }
    }
    expect(equal).toBeGreaterThan(100)
    expect(others).toBeGreaterThan(100)
  })

  it('has its own requests’ tokens, which stand for nobody else’s', () => {
    for (const { workload, neighbour } of withNeighbour) {
      const own = new Set([...workload.facts.values()].map(({ token }) => token))
      const theirs = [...neighbour.facts.values()].map(({ token }) => token)
      expect(theirs.filter((token) => own.has(token))).toEqual([])
    }
  })

  it('now and then asks for the end of what is not its own, and has handlers or has none', () => {
    const trespasses = withNeighbour.filter(({ neighbour }) => neighbour.trespassesAtMs.length > 0)
    expect(trespasses.length).toBeGreaterThan(20)
    const handled = withNeighbour.flatMap(({ handlers }) => (handlers === null ? [] : [handlers]))
    const both = handled.filter(
      ({ queues }) => new Set(queues.map(({ project }) => project)).size === 2,
    )
    expect(both.length).toBeGreaterThan(3)
    expect(both.length).toBeLessThan(handled.length)
  })
})
