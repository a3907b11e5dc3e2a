import { WORK_CHANNEL } from '../listening/notify-work.js'

/** The table that anybody may insert requests into. */
export const INBOX_TABLE = 'halfrate_inbox'

/**
 * The statements that add it.
 *
 * `params` and `labels` are `text`, since every driver can send that, JSON columns assign to it, and `jsonb` would rewrite
 * what it does not refuse. What is wrong with a row is said in the row. A column that an inserter can't leave out is
 * refused by the database itself. An identity column needs no right on a sequence, and the trigger runs with the rights of
 * whoever inserts, which are enough to notify.
 */
export const INBOX_STATEMENTS: readonly string[] = [
  `CREATE TABLE ${INBOX_TABLE} (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project TEXT NOT NULL DEFAULT 'default', account TEXT NOT NULL DEFAULT 'default',
    queue TEXT NOT NULL DEFAULT 'default', "key" TEXT NOT NULL, params TEXT NOT NULL,
    deadline_at TIMESTAMPTZ, labels TEXT, inserted_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    error TEXT, error_at TIMESTAMPTZ)`,
  // Rows with an error stay until somebody sees to them, and must not stand in the way.
  `CREATE INDEX halfrate_inbox_new ON ${INBOX_TABLE} (id) WHERE error IS NULL`,
  `CREATE FUNCTION halfrate_inbox_notify() RETURNS trigger LANGUAGE plpgsql AS $halfrate$
    BEGIN
      PERFORM pg_catalog.pg_notify('${WORK_CHANNEL}', TG_TABLE_SCHEMA::text);
      RETURN NULL;
    END $halfrate$`,
  `CREATE TRIGGER halfrate_inbox_inserted AFTER INSERT ON ${INBOX_TABLE}
    FOR EACH STATEMENT EXECUTE FUNCTION halfrate_inbox_notify()`,
  `CREATE TRIGGER halfrate_inbox_corrected AFTER UPDATE ON ${INBOX_TABLE}
    FOR EACH ROW WHEN (NEW.error IS NULL) EXECUTE FUNCTION halfrate_inbox_notify()`,
]
