import type { Connection } from '../redis/connection.js'

/** Ids of a sorted set that is scored by id, after one, at most so many. */
export async function idsAfter<Id extends number>(
  connection: Connection,
  key: string,
  page: { readonly after: number; readonly limit: number },
): Promise<readonly Id[]> {
  const found = await connection.ask<string[]>(
    ...['ZRANGE', key, `(${page.after}`, '+inf', 'BYSCORE'],
    ...['LIMIT', '0', String(page.limit)],
  )
  return found.map((id) => Number(id) as Id)
}

/** Ids of several such sets together, ascending, at most so many. */
export async function mergedIdsAfter<Id extends number>(
  connection: Connection,
  keys: readonly string[],
  page: { readonly after: number; readonly limit: number },
): Promise<readonly Id[]> {
  const found = await Promise.all(keys.map((key) => idsAfter<Id>(connection, key, page)))
  return found
    .flat()
    .sort((a, b) => a - b)
    .slice(0, page.limit)
}

/** Members of a sorted set from one rank, at most so many. */
export function fromRank(
  connection: Connection,
  key: string,
  page: { readonly at: number; readonly limit: number },
): Promise<string[]> {
  const last = page.at + page.limit - 1
  return connection.ask<string[]>('ZRANGE', key, String(page.at), String(last))
}
