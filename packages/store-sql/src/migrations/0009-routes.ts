import type { Migration } from './migration.js'

/**
 * 0009_routes. Breaking: an older worker would send what is to be asked in real time in a batch, or look for a call whose answer is lost in
 * the list of batches, where no call stands, and ask again. It changes no table: the route is a member of the lane.
 */
export const routesMigration: Migration = {
  name: '0009_routes',
  breaking: true,
  statements: () => [],
}
