import { posix } from 'node:path'
import type { Manifest } from '../packages.js'
import { sourceOf } from './sweep-built.js'

/** What a tarball holds. */
export interface PackedContents {
  readonly manifest: Manifest
  /** Paths of its files. */
  readonly files: readonly string[]
  /** The text of one of them. */
  readonly read: (file: string) => string
}

const WANTED = ['README.md', 'LICENSE', 'package.json']
// What belongs to the workshop: tests, notes of the compiler, logs.
const UNWANTED =
  /(^|\/)(tests?|__tests__|fixtures|node_modules|\.turbo)\/|\.(test|spec)\.|\.tsbuildinfo$|\.log$/
const LOCAL = /^(workspace|file|link|portal):/

/** Says what is wrong with the contents of a tarball, a line each. */
export function contentsFaults(contents: PackedContents): readonly string[] {
  const { manifest, files } = contents
  const there = new Set(files)
  const missing = WANTED.filter((file) => !there.has(file))
  const sources = files.filter((file) => file.startsWith('dist/') && !there.has(sourceOf(file)))
  return [
    ...missing.map((file) => `${file} is missing`),
    ...files.filter((file) => UNWANTED.test(file)).map((file) => `${file} is not for users`),
    ...sources.map((file) => `${file}: no source in the tarball makes it`),
    ...targetFaults(manifest, there),
    ...binFaults(contents, there),
    ...mapFaults(contents, there),
    ...manifestFaults(manifest),
  ]
}

function targetFaults({ exports = {} }: Manifest, there: ReadonlySet<string>): readonly string[] {
  if (Object.keys(exports).length === 0) return ['package.json: nothing can be imported']
  return Object.entries(exports).flatMap(([key, targets]) => {
    const conditions = Object.keys(targets)
    const order = conditions[0] === 'types' ? [] : [`exports["${key}"]: types must stand first`]
    const lost = Object.values(targets).filter((target) => !there.has(posix.normalize(target)))
    return [...order, ...lost.map((target) => `exports["${key}"]: there is no ${target}`)]
  })
}

function binFaults(
  { manifest: { bin = {} }, read }: PackedContents,
  there: ReadonlySet<string>,
): readonly string[] {
  return Object.entries(bin).flatMap(([name, target]) => {
    const file = posix.normalize(target)
    if (!there.has(file)) return [`bin.${name}: there is no ${target}`]
    const isScript = read(file).startsWith('#!/usr/bin/env node\n')
    return isScript ? [] : [`bin.${name}: ${target} does not begin with #!/usr/bin/env node`]
  })
}

// A map that leads nowhere makes a debugger show nothing, and an editor jump to a file that is not there.
function mapFaults({ files, read }: PackedContents, there: ReadonlySet<string>): readonly string[] {
  return files
    .filter((file) => file.endsWith('.map'))
    .flatMap((file) => {
      const { sources = [] } = JSON.parse(read(file)) as { sources?: readonly string[] }
      const lost = sources.filter((source) => !there.has(posix.join(posix.dirname(file), source)))
      return lost.map((source) => `${file}: its source ${source} is missing`)
    })
}

function manifestFaults(manifest: Manifest): readonly string[] {
  const { engines, dependencies, peerDependencies } = manifest
  const local = Object.entries({ ...dependencies, ...peerDependencies })
    .filter(([, range]) => LOCAL.test(range))
    .map(([name, range]) => `package.json: ${name} is ${range}, which nobody else has`)
  return engines?.node === undefined ? ['package.json: engines.node is missing', ...local] : local
}
