import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSource, type SourceText } from '../figures/source-text.js'
import type { Step } from '../step.js'
import { listPackages, listTypeScript } from '../workspace.js'
import { codesInSource, errorClasses } from './codes-in-source.js'

const PAGE = 'docs/errors.md'
const FAMILIES = ['HalfrateError', 'EmulatorError']

/** The check that the index of error codes has every code and class that is published, and no other code. */
export const checkErrorPage: Step = {
  name: 'errors',
  async run(root) {
    const page = readFileSync(join(root, PAGE), 'utf8')
    const published = listPackages(root).filter(({ isPublic }) => isPublic)
    const sources = published.flatMap(({ folder }) => sourcesOf(root, folder))
    const codes = codesInSource(sources)
    const tables = published.map(({ folder }) =>
      readFileSync(join(root, folder, 'src/index.ts'), 'utf8'),
    )
    // What no entry gives can't reach a user as a class.
    const classes = [...errorClasses(sources, FAMILIES)].filter((name) =>
      tables.some((table) => new RegExp(`\\b${name}\\b`).test(table)),
    )
    const found = pageFaults(page, codes, classes)
    const note = `${codes.size} codes, ${classes.length} classes`
    return { isOk: found.length === 0 && codes.size > 0, note, output: found.join('\n') }
  },
}

/**
 * Compares the page with the source, a line for each difference.
 *
 * @param page its text; a code has a row of a table, in whose first cell it stands in backticks.
 */
export function pageFaults(
  page: string,
  codes: ReadonlySet<string>,
  classes: readonly string[],
): readonly string[] {
  const rows = [...page.matchAll(/^\| `([a-z0-9_]+)` \|/gm)].map(([, code = '']) => code)
  const there = new Set(rows)
  return [
    ...[...codes].filter((code) => !there.has(code)).map((code) => `${PAGE} lacks \`${code}\``),
    ...[...there]
      .filter((code) => !codes.has(code))
      .map((code) => `${PAGE}: no source has \`${code}\``),
    ...classes
      .filter((name) => !page.includes(`\`${name}\``))
      .map((name) => `${PAGE} lacks \`${name}\``),
  ]
}

function sourcesOf(root: string, folder: string): readonly SourceText[] {
  return listTypeScript(root, `${folder}/src`).map((path) => readSource(root, path))
}
