import { openPostgresStore } from '../../src/index.js'
import { withClient } from './test-database.js'

/** Tables that say whose each row is. */
const OF_PROJECT = `SELECT table_name AS name FROM information_schema.columns
  WHERE table_schema = $1 AND column_name = 'project_id' AND table_name NOT LIKE '%\\_now'`
const ALL = 'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1'

/**
 * Makes a store whose tables all have row-level security, and a worker's role that owns nothing; answers the URL by
 * which that role connects.
 */
export async function secureStore(url: string, schema: string, worker: string): Promise<string> {
  await (await openPostgresStore({ url, schema })).shutdown()
  await withClient(url, async (client) => {
    await client.query(`CREATE ROLE ${worker} LOGIN NOSUPERUSER NOBYPASSRLS;
      GRANT USAGE ON SCHEMA ${schema} TO ${worker};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${worker}`)
    const { rows } = await client.query<{ name: string }>(ALL, [schema])
    for (const { name } of rows) {
      await client.query(`ALTER TABLE ${schema}.${name} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY ${worker}_all ON ${schema}.${name} TO ${worker} USING (true) WITH CHECK (true)`)
    }
  })
  return urlOf(url, worker)
}

/** Makes a role that may read what is one project's, and nothing else; answers the URL by which it connects. */
export async function projectReader(
  url: string,
  params: Readonly<{ schema: string; role: string; project: string }>,
): Promise<string> {
  const { schema, role, project } = params
  await withClient(url, async (client) => {
    await client.query(`CREATE ROLE ${role} LOGIN NOSUPERUSER NOBYPASSRLS;
      GRANT USAGE ON SCHEMA ${schema} TO ${role};
      GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${role}`)
    const { rows } = await client.query<{ name: string }>(OF_PROJECT, [schema])
    for (const { name } of rows) {
      await client.query(`CREATE POLICY ${role}_own ON ${schema}.${name} FOR SELECT TO ${role}
        USING (project_id = (SELECT id FROM ${schema}.names WHERE text = '${project}'))`)
    }
    await client.query(`CREATE POLICY ${role}_names ON ${schema}.names FOR SELECT TO ${role} USING (true);
      CREATE POLICY ${role}_migrations ON ${schema}.migrations FOR SELECT TO ${role} USING (true);
      CREATE POLICY ${role}_own ON ${schema}.progress FOR SELECT TO ${role}
        USING (id IN (SELECT id FROM ${schema}.requests))`)
  })
  return urlOf(url, role)
}

/** Removes a role and what it may do. */
export async function dropRole(url: string, role: string): Promise<void> {
  await withClient(url, (client) => client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`))
}

function urlOf(url: string, role: string): string {
  const theirs = new URL(url)
  theirs.username = role
  return theirs.href
}
