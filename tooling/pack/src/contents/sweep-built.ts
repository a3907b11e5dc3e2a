import { existsSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Removes what earlier builds left in `dist`: files whose source is gone, which the compiler does not take away and a
 * tarball would carry.
 *
 * @param folder absolute path of the package.
 * @returns what was removed, relative to the package.
 */
export function sweepBuilt(folder: string): readonly string[] {
  const left = globSync('dist/**/*.*', { cwd: folder })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !existsSync(join(folder, sourceOf(path))))
    .sort()
  for (const path of left) rmSync(join(folder, path))
  return left
}

/** The source that a built file was made of: `dist/a/b.d.ts.map` → `src/a/b.ts`. */
export function sourceOf(built: string): string {
  return built.replace(/^dist\//, 'src/').replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts')
}
