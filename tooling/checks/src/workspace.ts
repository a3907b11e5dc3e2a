import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One package of the workspace, as far as the checks need to know it. */
export interface WorkspacePackage {
  /** The name it is imported by. */
  name: string
  /** Its folder, relative to the root, with forward slashes and no slash at the end. */
  folder: string
  /** True when it is published, which is when its manifest does not say `private`. */
  isPublic: boolean
  /** Import specifier → the TypeScript file behind it, relative to the root. One entry per key of `exports`. */
  entries: Readonly<Record<string, string>>
  /** Import specifier → its built declarations, relative to the package's folder. */
  declarations: Readonly<Record<string, string>>
}

interface Manifest {
  name: string
  private?: boolean
  exports?: Readonly<Record<string, string | { default?: string; types?: string }>>
}

/**
 * Lists the packages of the workspace in the order of their folders.
 *
 * @param root absolute path of the folder that holds `packages/`, `apps/`, `tooling/` and `examples/`.
 */
export function listPackages(root: string): readonly WorkspacePackage[] {
  return globSync('{packages,apps,tooling,examples}/*/package.json', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => readPackage(root, dirname(path)))
}

/**
 * Lists the TypeScript files of a folder of the workspace, sorted, relative to the root.
 *
 * @param root absolute path that the result is relative to.
 * @param folder folder under the root, such as `packages/core/src`; one that does not exist holds nothing.
 */
export function listTypeScript(root: string, folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return []
  return globSync('**/*.{ts,tsx,mts}', {
    cwd: join(root, folder),
    exclude: (name) => ['node_modules', 'dist', 'fixtures'].includes(name),
  })
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .filter((path) => !path.endsWith('.d.ts'))
    .sort()
}

function readPackage(root: string, folder: string): WorkspacePackage {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
  const entries: Record<string, string> = {}
  for (const [key, target] of Object.entries(manifest.exports ?? {})) {
    const built = typeof target === 'string' ? target : target.default
    if (built?.startsWith('./dist/') !== true) continue
    entries[manifest.name + key.slice(1)] = sourceOf(folder, built)
  }
  const isPublic = manifest.private !== true
  return { name: manifest.name, folder, isPublic, entries, declarations: declarationsOf(manifest) }
}

function declarationsOf({ name, exports = {} }: Manifest): Readonly<Record<string, string>> {
  const found = Object.entries(exports).flatMap(([key, target]) => {
    const types = typeof target === 'string' ? undefined : target.types
    return types === undefined ? [] : [[name + key.slice(1), types]]
  })
  return Object.fromEntries(found)
}

// The build maps src to dist one to one, so the source of an entry can be named without building.
function sourceOf(folder: string, built: string): string {
  return `${folder}/${built.replace('./dist/', 'src/').replace(/\.js$/, '.ts')}`
}
