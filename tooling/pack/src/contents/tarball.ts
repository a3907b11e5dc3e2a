import { globSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../command.js'
import { PackError } from '../pack-error.js'
import { type Manifest, type PublishedPackage, readManifest } from '../packages.js'

/** A packed package. */
export interface Tarball {
  /** Its manifest as users get it. */
  readonly manifest: Manifest
  /** Absolute path of the file. */
  readonly path: string
  /** Size of the file. */
  readonly bytes: number
  /** Absolute path of the folder that it was unpacked to. */
  readonly folder: string
  /** Files in it, relative to that folder, sorted. */
  readonly files: readonly string[]
  /** Bytes of all files in it. */
  readonly unpackedBytes: number
}

/**
 * Packs a package and unpacks the tarball beside it.
 *
 * @param into absolute path of an empty folder of its own.
 * @throws {PackError} when it can't be packed.
 */
export async function packTarball(
  { folder, manifest }: PublishedPackage,
  into: string,
): Promise<Tarball> {
  mkdirSync(into, { recursive: true })
  const packed = await runCommand(['pnpm', 'pack', '--pack-destination', into], { cwd: folder })
  const [path] = globSync('*.tgz', { cwd: into }).map((name) => join(into, name))
  if (packed.code !== 0 || path === undefined) {
    throw new PackError(`${manifest.name} can't be packed:\n${packed.stdout}${packed.stderr}`)
  }
  const unpacked = await runCommand(['tar', '-xzf', path, '-C', into], { cwd: into })
  if (unpacked.code !== 0) throw new PackError(`${path} can't be unpacked:\n${unpacked.stderr}`)
  const inside = join(into, 'package')
  const files = globSync('**/*', { cwd: inside })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => statSync(join(inside, name)).isFile())
    .sort()
  return {
    manifest: readManifest(join(inside, 'package.json')),
    path,
    bytes: statSync(path).size,
    folder: inside,
    files,
    unpackedBytes: files.reduce((sum, name) => sum + statSync(join(inside, name)).size, 0),
  }
}

/** Reads a file of a tarball as text. */
export function readPacked({ folder }: Tarball, file: string): string {
  return readFileSync(join(folder, file), 'utf8')
}
