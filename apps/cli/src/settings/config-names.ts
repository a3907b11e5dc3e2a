import { stat } from 'node:fs/promises'
import { join } from 'node:path'

const NAMES: readonly string[] = ['json', 'ts', 'mts', 'js', 'mjs'].map(
  (ending) => `halfrate.config.${ending}`,
)

/** The names of the config files that a folder has. */
export async function configNamesIn(folder: string): Promise<readonly string[]> {
  const there = await Promise.all(
    NAMES.map(async (name) => (await stat(join(folder, name)).catch(() => null)) !== null),
  )
  return NAMES.filter((_, index) => there[index])
}
