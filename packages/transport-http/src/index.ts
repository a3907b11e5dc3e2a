/**
 * The Message Batches API over HTTP, as a Halfrate Transport. It must never repeat a call, follow a redirect, dial a host
 * that it was not configured with, or let a secret into a message. Read on in README.md beside it.
 */

export {
  type AdminApi,
  type AdminApiOptions,
  type AdminReportPage,
  type AdminReportQuery,
  createAdminApi,
  type LineLimit,
} from './admin/admin-api.js'
export { createHttpTransport } from './http-transport.js'
export { LineSplitter, type TooLongLines } from './line-splitter.js'
export type { HttpAccount, HttpTimeouts, HttpTransportOptions } from './options.js'
