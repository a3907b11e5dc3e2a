import { type RawBuilder, sql } from 'kysely'
import type { QueryWords } from '../reads/queries.js'
import type { BrokenRow } from './check.js'

/** Finds what no delivery may have left to hand over: requests that are not done, of another queue, or in two deliveries. */
export function brokenDeliveries(words: QueryWords): RawBuilder<BrokenRow> {
  const ids = words.listItems(sql`d.request_ids`, 'v')
  return sql`select 'Request ' || r.id || ' is wrongly in delivery ' || max(d.id) || '.' as message
    from deliveries d cross join ${ids} join requests_now r on r.id = v.value
    where v.key >= d.position group by r.id
    having count(*) > 1 or max(case when r.state = 2 and r.project_id = d.project_id
      and r.queue_id = d.queue_id then 0 else 1 end) = 1 limit 100`
}
