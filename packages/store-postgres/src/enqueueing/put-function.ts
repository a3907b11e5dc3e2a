import { DATABASE_CLOCK } from '../database/session-settings.js'
import { WORK_CHANNEL } from '../listening/notify-work.js'

/** The function's name in the store's schema. Takes a page and its bodies as text and answers a {@link PutFunctionAnswer} as text. */
export const PUT_FUNCTION = 'halfrate_put'

/**
 * A page as the function takes it, as JSON. Bytes are base64; `rows` have different keys. Their bodies are an array of
 * their own, in the same order, which is read only once.
 */
export interface PutFunctionPage {
  /** Of the store that gave out the numbers; see {@link STORE_TAG}. */
  readonly tag: number
  readonly project_id: number
  readonly account_id: number
  readonly queue_id: number
  /** Null for the database's clock. */
  readonly now_at: number | null
  /** Every name whose number the page bears. */
  readonly names: readonly { readonly id: number; readonly text: string }[]
  /** Those that the store did not have a moment ago. */
  readonly prefixes: readonly { readonly hash: string; readonly bytes: string }[]
  readonly rows: readonly PutFunctionRow[]
}

/** One request of a {@link PutFunctionPage}. */
export interface PutFunctionRow {
  readonly id: number
  /** Where in the array its body is, from 1. */
  readonly place: number
  readonly key: string
  readonly key_hash: string
  readonly params_hash: string
  readonly lane_id: number
  readonly model_id: number
  readonly max_tokens: number
  readonly item_bytes: number
  readonly labels: string | null
  readonly deadline_at: number | null
  /** 0 for none, null for one of the page's. */
  readonly prefix_id: number | null
  readonly prefix_hash: string | null
}

/** What the function answers. If a row of `held` is not the same, nothing was written. */
export interface PutFunctionAnswer {
  /** Rows whose key somebody had before. */
  readonly held: readonly {
    /** The row's own id, which it does not get. */
    readonly own: number
    readonly id: number
    readonly is_same: boolean
  }[]
}

/** Errors that the function raises by itself, as SQLSTATE. */
export const OTHER_STORE = 'HR001'

/** The counter that tells two stores apart whose names happen to have the same numbers. */
export const STORE_TAG = 'store_tag'

const ROWS = `json_to_recordset(doc -> 'rows') AS v(id int8, place int8, key text, key_hash text, params_hash text,
      lane_id int8, model_id int8, max_tokens int8, item_bytes int8, labels text, deadline_at int8,
      prefix_id int8, prefix_hash text)`

// A number that stands for another name here, or for none, comes from another store. A name that is not there under a
// snapshot of long ago may have come since.
const CHECK_STORE = `
    IF NOT EXISTS (SELECT 1 FROM counters WHERE name = '${STORE_TAG}' AND value = head.tag)
      OR EXISTS (SELECT 1 FROM json_to_recordset(doc -> 'names') AS v(id int8, text text)
        JOIN names n ON n.id = v.id WHERE n.text <> v.text) THEN
      RAISE EXCEPTION 'this transaction is on another store than the one that enqueues' USING ERRCODE = '${OTHER_STORE}';
    END IF;
    IF EXISTS (SELECT 1 FROM json_to_recordset(doc -> 'names') AS v(id int8, text text)
        WHERE NOT EXISTS (SELECT 1 FROM names n WHERE n.id = v.id)) THEN
      IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        RAISE EXCEPTION 'the snapshot of this transaction is older than a name that it uses'
          USING ERRCODE = 'serialization_failure';
      END IF;
      RAISE EXCEPTION 'this transaction is on another store than the one that enqueues' USING ERRCODE = '${OTHER_STORE}';
    END IF;`

// In the order of hashes, as everywhere: two that bring the same keys wait for each other and not in a ring. What was
// claimed is given back when the page is refused, so that nothing of it is left however the transaction ends.
const CLAIM_KEYS = `
    INSERT INTO keys (project_id, scope_id, hash, request_id)
      SELECT head.project_id, -head.queue_id, decode(v.key_hash, 'base64'), v.id FROM ${ROWS} ORDER BY 3
      ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS claimed = ROW_COUNT;
    total := json_array_length(doc -> 'rows');
    IF claimed < total THEN
      SELECT json_agg(json_build_object('own', v.id, 'id', r.id, 'is_same',
          r.params_hash = decode(v.params_hash, 'base64') AND r."key" = v.key) ORDER BY v.id),
          count(*), bool_and(r.params_hash = decode(v.params_hash, 'base64') AND r."key" = v.key)
        INTO held, held_count, is_taken
        FROM ${ROWS} JOIN keys k ON k.project_id = head.project_id AND k.scope_id = -head.queue_id
          AND k.hash = decode(v.key_hash, 'base64') AND k.request_id <> v.id
        JOIN requests r ON r.id = k.request_id;
      IF claimed + held_count <> total THEN
        RAISE EXCEPTION 'a key names no request' USING ERRCODE = 'data_corrupted';
      END IF;
      IF NOT is_taken THEN
        DELETE FROM keys k USING ${ROWS} WHERE k.project_id = head.project_id
          AND k.scope_id = -head.queue_id AND k.hash = decode(v.key_hash, 'base64') AND k.request_id = v.id;
        RETURN json_build_object('held', held)::text;
      END IF;
    END IF;
    IF claimed = 0 THEN
      RETURN json_build_object('held', held)::text;
    END IF;`

// The same rows as from intake/new-requests.ts. A body has its request's id.
const WRITE = `
    INSERT INTO prefixes (project_id, hash, bytes)
      SELECT head.project_id, decode(v.hash, 'base64'), decode(v.bytes, 'base64')
      FROM json_to_recordset(doc -> 'prefixes') AS v(hash text, bytes text) ORDER BY 2 ON CONFLICT DO NOTHING;
    WITH v AS MATERIALIZED (
      SELECT v.*, coalesce(v.prefix_id, p.id) AS prefix FROM ${ROWS}
        JOIN keys k ON k.project_id = head.project_id AND k.scope_id = -head.queue_id
          AND k.hash = decode(v.key_hash, 'base64') AND k.request_id = v.id
        LEFT JOIN prefixes p ON v.prefix_id IS NULL AND p.project_id = head.project_id
          AND p.hash = decode(v.prefix_hash, 'base64')
    ), body_rows AS (
      INSERT INTO bodies (id, project_id, account_id, prefix_id, key_hash, bytes)
        SELECT v.id, head.project_id, head.account_id, v.prefix, decode(v.key_hash, 'base64'), decode(b.body, 'base64')
        FROM v JOIN json_array_elements_text(bodies::json) WITH ORDINALITY AS b(body, place) ON b.place = v.place
    ), request_rows AS (
      INSERT INTO requests (id, project_id, account_id, queue_id, lane_id, job_id, part, listed_part, "row",
          listed_before_part, "key", params_hash, body_id, prefix_id, model_id, max_tokens, item_bytes,
          labels, deadline_at, created_at, not_before, batch_limit, failure_count, expiry_count)
        SELECT id, head.project_id, head.account_id, head.queue_id, lane_id, 0, 0, 0, NULL, 0, key,
          decode(params_hash, 'base64'), id, prefix, model_id, max_tokens, item_bytes, labels, deadline_at,
          head.now_at, 0, 0, 0, 0
        FROM v
    ), progress_rows AS (
      INSERT INTO progress (id, state, attempt_count) SELECT id, 0, 0 FROM v
    )
    INSERT INTO waiting (project_id, queue_id, account_id, lane_id, batch_limit, model_id, prefix_id, id,
        job_id, part, not_before, item_bytes, max_tokens, created_at)
      SELECT head.project_id, head.queue_id, head.account_id, lane_id, 0, model_id, prefix, id, 0, 0, 0,
        item_bytes, max_tokens, head.now_at
      FROM v ORDER BY id;
    PERFORM pg_notify('${WORK_CHANNEL}', current_schema());
    RETURN json_build_object('held', coalesce(held, '[]'::json))::text;`

/**
 * The statements that add the function by which a transaction of anybody's enqueues.
 *
 * One statement of the caller's, with text in and text out, so that every client and driver can send it. It has
 * the rights of the store's owner, whoever calls, and finds the store's tables whatever the caller's search path: a role
 * that may execute it needs no other right on the store, and none is given to anybody by itself.
 *
 * @param schema - the store's, quoted.
 */
export function putFunctionStatements(schema: string): readonly string[] {
  return [
    `INSERT INTO counters (name, value) VALUES ('${STORE_TAG}', floor(random() * 9007199254740991)::int8)`,
    `CREATE FUNCTION ${PUT_FUNCTION}(page text, bodies text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = ${schema}, pg_temp SET enable_seqscan = off SET jit = off AS $halfrate$
  #variable_conflict use_column
  DECLARE
    doc json := page::json;
    head record;
    claimed int8;
    total int8;
    held json := '[]'::json;
    held_count int8;
    is_taken boolean;
  BEGIN
    SELECT d.tag, d.project_id, d.account_id, d.queue_id, coalesce(d.now_at, ${DATABASE_CLOCK}) AS now_at INTO head
      FROM json_to_record(doc) AS d(tag int8, project_id int8, account_id int8, queue_id int8, now_at int8);
    ${CHECK_STORE}
    ${CLAIM_KEYS}
    ${WRITE}
  END $halfrate$`,
    `REVOKE ALL ON FUNCTION ${PUT_FUNCTION}(text, text) FROM PUBLIC`,
  ]
}
