import { join } from 'node:path'
import {
  cruise,
  getAvailableTranspilers,
  type ICruiseOptions,
  type ICruiseResult,
} from 'dependency-cruiser'
import { listPackages, listTypeScript, type WorkspacePackage } from '../workspace.js'
import { roomOf, WALL_RULES } from './wall-rules.js'

/** One import that crosses a wall, or one file that no wall can judge. */
export interface WallViolation {
  /** Name of the rule that it breaks. */
  rule: string
  /** The importing file, relative to the root. */
  from: string
  /** The imported file or package; for a ring, the whole way round. */
  to: string
  /** Why the wall stands. */
  comment: string
}

/** What a look at all imports of a house found. */
export interface CruiseReport {
  /** Source and test files that were read. */
  fileCount: number
  /** Imports that were judged. */
  importCount: number
  /** Everything found, sorted by file and rule; empty is good. */
  violations: readonly WallViolation[]
}

/**
 * Judges every import of the TypeScript sources and tests under `root` by the walls of the house.
 *
 * A file that the cruiser did not read as TypeScript is a violation too. Where the installed TypeScript has no programming
 * interface it guesses at the imports of files, finds none in folders, and reports success all the same.
 *
 * @param root absolute path of the folder that holds `packages/`, `apps/` and `tooling/`.
 */
export async function cruiseHouse(root: string): Promise<CruiseReport> {
  const packages = listPackages(root)
  const files = packages.flatMap(({ folder }) => filesOf(root, folder))
  const result = await readImports(root, files, packages)
  const read = new Set(canReadTypeScript() ? result.modules.map(({ source }) => source) : [])
  const violations = [
    ...result.summary.violations.map(violationOf),
    ...files.filter((file) => !read.has(file)).map(notCruised),
    ...files.filter((file) => /^[^/]+\/[^/]+\/src\//.test(file) && !roomOf(file)).map(withoutRoom),
  ]
  return {
    fileCount: files.length,
    importCount: result.summary.totalDependenciesCruised ?? 0,
    violations: violations.sort((a, b) => compare(a.from + a.rule, b.from + b.rule)),
  }
}

function filesOf(root: string, folder: string): readonly string[] {
  if (folder.startsWith('examples/')) return listTypeScript(root, folder)
  return ['src', 'test'].flatMap((part) => listTypeScript(root, `${folder}/${part}`))
}

async function readImports(
  root: string,
  files: readonly string[],
  packages: readonly WorkspacePackage[],
): Promise<ICruiseResult> {
  const options: ICruiseOptions = {
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: WALL_RULES.map((rule) => ({ severity: 'error', ...rule })) },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  }
  const { output } = await cruise([...files], options, {
    alias: aliasesOf(root, packages),
    bustTheCache: true,
  })
  return output as ICruiseResult
}

// The name of an entry leads to its source file, so that rings and walls are seen before anything is built. The longest name
// comes first, since a name also catches what is below it: below a file is nothing, so a deep import leads nowhere.
function aliasesOf(root: string, packages: readonly WorkspacePackage[]): Record<string, string> {
  const entries = packages.flatMap((one) => Object.entries(one.entries))
  entries.sort(([a], [b]) => b.length - a.length)
  return Object.fromEntries(entries.map(([name, path]) => [name, join(root, path)]))
}

function canReadTypeScript(): boolean {
  return getAvailableTranspilers().some(({ name, available }) => name === 'typescript' && available)
}

function violationOf(found: ICruiseResult['summary']['violations'][number]): WallViolation {
  const ring = found.cycle?.map((step) => step.name).join(' → ')
  const comment = WALL_RULES.find((rule) => rule.name === found.rule.name)?.comment ?? ''
  return { rule: found.rule.name, from: found.from, to: ring ?? found.to, comment }
}

function notCruised(from: string): WallViolation {
  const comment = 'the cruiser could not read this file; is `typescript` still the one with an API?'
  return { rule: 'every-file-cruised', from, to: '–', comment }
}

function withoutRoom(from: string): WallViolation {
  const comment = 'no room holds this file; add one to tooling/checks/src/rooms/rooms.ts.'
  return { rule: 'every-file-in-a-room', from, to: '–', comment }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
