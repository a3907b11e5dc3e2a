import type DatabaseConstructor from 'better-sqlite3'
import { checkNode } from './check-node.js'

/** The constructor of database connections. */
export type Driver = typeof DatabaseConstructor

/**
 * Loads the driver, only when a store is opened: whoever imports this package for its types pays nothing.
 *
 * @throws {HalfrateError} `unsupported_node` on a Node that can't load it.
 */
export async function loadDriver(): Promise<Driver> {
  checkNode(process.versions.node)
  return (await import('better-sqlite3')).default
}
