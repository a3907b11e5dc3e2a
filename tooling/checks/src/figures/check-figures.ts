import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Step } from '../step.js'
import { listPackages, listTypeScript } from '../workspace.js'
import { figuresTable } from './figures-table.js'
import { measurePackage, mediansOverBar, type PackageFigures, totalOf } from './package-figures.js'
import { readSource } from './source-text.js'

/** The check of the countable bar; its table is printed also when all is well. */
export const checkFigures: Step = {
  name: 'figures',
  async run(root) {
    const packages = listPackages(root)
      // Examples are read as prose and may read the environment, as a user's program would.
      .filter(({ folder }) => !folder.startsWith('examples/'))
      .map(({ folder }) => figuresOf(root, folder))
    const total = totalOf(packages)
    const broken = [...packages, total].flatMap(mediansOverBar)
    const found = total.findings.map(
      ({ path, line, measure, detail }) => `${path}:${line}  ${measure}: ${detail}`,
    )
    return {
      isOk: broken.length === 0 && found.length === 0,
      note: `${total.fileLines.length} source files`,
      output: [figuresTable([...packages, total]), ...broken, ...found].join('\n'),
    }
  },
}

function figuresOf(root: string, folder: string): PackageFigures {
  const sources = listTypeScript(root, `${folder}/src`).map((path) => readSource(root, path))
  const tests = listTypeScript(root, `${folder}/test`)
  return measurePackage(
    folder,
    sources,
    tests.map((path) => readFileSync(join(root, path), 'utf8')),
  )
}
