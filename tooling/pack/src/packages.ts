import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What is read of a package's manifest. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly engines?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** A package of the workspace that is published. */
export interface PublishedPackage {
  /** Absolute path. */
  readonly folder: string
  readonly manifest: Manifest
}

/** Lists the packages that are published: those whose manifests do not say `private`. Sorted by folder. */
export function publishedPackages(root: string): readonly PublishedPackage[] {
  return globSync('{packages,apps}/*/package.json', { cwd: root })
    .sort()
    .map((path) => ({
      folder: join(root, dirname(path)),
      manifest: readManifest(join(root, path)),
    }))
    .filter(({ manifest }) => manifest.private !== true)
}

/** Reads a manifest. */
export function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest
}
