import { type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL whose role may make databases. */
    readonly postgresUrl: string
  }
}

let ours: RunningPostgres | null = null

/** Gives all test files one server: the one that is named, else one of our own. */
export async function setup(project: TestProject): Promise<void> {
  const named = process.env.HALFRATE_TEST_POSTGRES_URL ?? ''
  ours = named === '' ? await startPostgres() : null
  project.provide('postgresUrl', ours?.url ?? named)
}

/** Ends the server, if it is ours. */
export async function teardown(): Promise<void> {
  await ours?.stop()
}
