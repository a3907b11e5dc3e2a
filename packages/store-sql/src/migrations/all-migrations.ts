import { initMigration } from './0001-init.js'
import { putFunctionMigration } from './0002-put-function.js'
import { inboxMigration } from './0003-inbox.js'
import { fillMigration } from './0004-fill.js'
import { deliveriesMigration } from './0005-deliveries.js'
import { blobsMigration } from './0006-blobs.js'
import { looseMigration } from './0007-loose.js'
import { budgetsMigration } from './0008-budgets.js'
import { routesMigration } from './0009-routes.js'
import { otherModelsMigration } from './0010-other-models.js'
import type { Migration } from './migration.js'

/** Every migration, oldest first. */
export const ALL_MIGRATIONS: readonly Migration[] = [
  initMigration,
  putFunctionMigration,
  inboxMigration,
  fillMigration,
  deliveriesMigration,
  blobsMigration,
  looseMigration,
  budgetsMigration,
  routesMigration,
  otherModelsMigration,
]
