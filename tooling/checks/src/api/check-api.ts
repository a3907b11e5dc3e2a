import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Step } from '../step.js'
import { listPackages } from '../workspace.js'
import { apiReport } from './api-report.js'
import { DeclarationFiles } from './declaration-files.js'

const MOST_SHOWN = 6

/** The page of a package's API, and where it belongs. */
export interface ApiPage {
  /** Relative to the root. */
  readonly path: string
  readonly text: string
}

/** The check that the committed pages say what the built packages export. */
export const checkApi: Step = {
  name: 'api',
  async run(root) {
    const pages = apiPages(root)
    const stale = pages.flatMap(({ path, text }) => {
      const there = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : ''
      return there === text
        ? []
        : [`${path} is stale: npm run api renews it`, ...difference(there, text)]
    })
    const note = `${pages.length} public packages`
    return { isOk: stale.length === 0 && pages.length > 0, note, output: stale.join('\n') }
  },
}

/** Makes the page of every published package from its built declarations. */
export function apiPages(root: string): readonly ApiPage[] {
  const files = new DeclarationFiles(root)
  return listPackages(root)
    .filter(({ isPublic }) => isPublic)
    .map((one) => ({ path: `${one.folder}/api.md`, text: apiReport(files, one) }))
}

// The first lines that only one of the two has.
function difference(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')]
  const [inOld, inNow] = [new Set(old), new Set(now)]
  const gone = old.filter((line) => !inNow.has(line)).map((line) => `- ${line}`)
  const added = now.filter((line) => !inOld.has(line)).map((line) => `+ ${line}`)
  return [...gone.slice(0, MOST_SHOWN), ...added.slice(0, MOST_SHOWN)]
}
