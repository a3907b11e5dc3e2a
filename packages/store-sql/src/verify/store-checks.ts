import { type RawBuilder, sql } from 'kysely'
import type { BrokenRow } from './check.js'

/** Checks leases, jobs and marks: few rows, all at once. */
export const storeChecks: readonly {
  readonly invariant: string
  readonly find: RawBuilder<BrokenRow>
}[] = [
  {
    invariant: 'I10',
    find: sql`select 'The epoch of ' || l.resource || ' was not given out for it.' as message
      from leases l where l.epoch >= (select value from counters where name = 'next_id')
        or exists (select 1 from leases o where o.epoch = l.epoch and o.resource <> l.resource)`,
  },
  {
    invariant: 'I10',
    find: sql`select l.resource || ' is leased, but there is none.' as message from leases l
      where l.resource like 'submission:%' and l.worker_id is not null
        and not exists (select 1 from submissions s where 'submission:' || s.id = l.resource)`,
  },
  {
    invariant: 'I1',
    find: sql`select 'The parts of job ' || j.id || ' do not follow each other.' as message from jobs j
      where j.open_part not in (j.committed_part, j.committed_part + 1)`,
  },
  {
    invariant: 'I1',
    find: sql`select 'Job ' || j.id || ' counts its open part wrong.' as message from jobs j
      where j.open_part_rows <> (select count(*) from requests r
        where r.job_id = j.id and r.id > j.id and r.id <= j.last_id and r.part > j.committed_part)`,
  },
  {
    invariant: 'I9',
    find: sql`select 'Job ' || j.id || ' is done, but requests of it are not.' as message from jobs j
      where j.state = 2 and exists (select 1 from requests_now r where r.job_id = j.id
        and r.id > j.id and r.id <= j.last_id and r.part <= j.committed_part and r.state <> 2)`,
  },
  {
    invariant: 'I1',
    find: sql`select 'Request ' || r.id || ' has no progress.' as message from requests r
      where not exists (select 1 from progress p where p.id = r.id) limit 100`,
  },
  {
    invariant: 'I1',
    find: sql`select 'Request ' || w.id || ' is queued, but it is not there.' as message from waiting w
      where not exists (select 1 from requests r where r.id = w.id) limit 100`,
  },
  {
    invariant: 'I1',
    find: sql`select 'File ' || b.id || ' is not whole.' as message from blobs b
      where b.size <> coalesce((select sum(length(p.bytes)) from blob_pieces p where p.blob_id = b.id), 0)
      limit 100`,
  },
  {
    invariant: 'I1',
    find: sql`select 'File ' || b.id || ' belongs to no request.' as message from blobs b
      where not exists (select 1 from body_blobs l join bodies x on x.id = l.body_id
        where l.blob_id = b.id) limit 100`,
  },
  {
    invariant: 'I1',
    find: sql`select 'Body ' || l.body_id || ' has a mark of file ' || l.blob_id || ', which is not there.' as message
      from body_blobs l where not exists (select 1 from blobs b where b.id = l.blob_id) limit 100`,
  },
  {
    invariant: 'I1',
    find: sql`select 'Pieces of file ' || p.blob_id || ' are there, but not the file.' as message
      from blob_pieces p where not exists (select 1 from blobs b where b.id = p.blob_id)
      group by p.blob_id limit 100`,
  },
  {
    invariant: 'I5',
    find: sql`select 'Batch ' || s.remote_id || ' is ours and marked as foreign.' as message
      from submissions s join foreign_batches f
        on f.account_id = s.account_id and f.remote_id = s.remote_id`,
  },
  {
    invariant: 'I1',
    find: sql`select 'A key of scope ' || k.scope_id || ' names request ' || k.request_id
        || ', which is not there.' as message
      from keys k where not exists (select 1 from requests r where r.id = k.request_id) limit 100`,
  },
]
