import type { Finding } from '../doctor/finding.js'
import { flow } from './flow.js'
import { type Line, type Style, span } from './line.js'

const STYLES: Readonly<Record<Finding['state'], Style>> = {
  ok: 'green',
  warning: 'yellow',
  problem: 'red',
}

/** One line for each thing that was looked at: how it is, and under it what to do. */
export function doctorScreen(findings: readonly Finding[], width: number): readonly Line[] {
  return findings.flatMap(({ name, state, text, next }) => [
    ...flow([[span(state.padEnd(8), STYLES[state]), span(`${name}: ${text}`)]], {
      ...{ width, hang: 9 },
    }),
    ...(next === null ? [] : flow([[span(next, 'bold')]], { width, indent: 9 })),
  ])
}
