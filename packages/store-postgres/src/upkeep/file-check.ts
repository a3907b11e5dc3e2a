import type { Check } from '@halfrate/store-sql'
import { type RawBuilder, sql } from 'kysely'

// Without a piece there is nothing to hash, and that is not the hash of a file.
const hash: RawBuilder<unknown> = sql`(select sha256(string_agg(p.bytes, ''::bytea order by p.piece))
  from blob_pieces p where p.blob_id = b.id)`

/** Holds the bytes of files against their hashes. */
export const fileCheck: Check = {
  invariant: 'I1',
  find: ({ after, upTo }) => sql`select 'File ' || b.id
      || ' is damaged: its bytes are not those of its hash ' || encode(b.hash, 'hex') || '.' as message
    from blobs b where b.id > ${after} and b.id <= ${upTo} and ${hash} is distinct from b.hash`,
}
