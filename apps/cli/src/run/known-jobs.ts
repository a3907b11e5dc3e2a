import { DEFAULT_PROJECT, type Job, type Store } from '@halfrate/core'

// Most names that are remembered; the newest stand first.
const MOST = 1_000

const SETTING = { scope: `project:${DEFAULT_PROJECT}`, name: 'cli:jobs' }

/** Remembers the name of a job, so that `status` can show it. */
export async function rememberJob(store: Store, name: string): Promise<void> {
  for (;;) {
    const stored = await store.getSetting(SETTING)
    const names = namesIn(stored?.value)
    if (names[0] === name) return
    const value = { names: [name, ...names.filter((other) => other !== name)].slice(0, MOST) }
    const ifVersion = stored?.version ?? null
    if ((await store.putSetting({ ...SETTING, value, ifVersion })) !== null) return
  }
}

/** The jobs that were run on a store from here, the newest first, `most` of them. */
export async function knownJobs(store: Store, most: number = MOST): Promise<readonly Job[]> {
  const stored = await store.getSetting(SETTING)
  const found = await Promise.all(
    namesIn(stored?.value)
      .slice(0, most)
      .map((name) => store.findJob({ project: DEFAULT_PROJECT, name })),
  )
  return found.filter((job) => job !== null)
}

function namesIn(value: unknown): readonly string[] {
  const names = (value as { readonly names?: unknown } | null | undefined)?.names
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
}
