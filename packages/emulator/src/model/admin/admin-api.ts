import { admit } from '../admit.js'
import type { Response } from '../answer.js'
import { Call } from '../call.js'
import type { CallParams } from '../call-params.js'
import { DEFAULT_CALLER } from '../caller.js'
import { organizationId, providerId } from '../provider-id.js'
import type { ProviderModel } from '../provider-model.js'
import { SeededRandom } from '../seeded-random.js'
import { hashNumber } from '../stable-hash.js'
import type { WireCostItem, WireRateLimits, WireReport, WireUsageItem } from './admin-wire.js'
import { COST_RULES, costReport } from './cost-report.js'
import { rateLimitsAt } from './rate-limits.js'
import { type BilledCall, billedCall, type ReportKind, reportOf } from './report.js'
import { type ReportRules, readReportQuery } from './report-query.js'
import { USAGE_REPORT, USAGE_RULES } from './usage-report.js'

/** A call with parameters behind its path. */
export interface AdminCallParams extends CallParams {
  readonly query: URLSearchParams
}

const ADMIN_KEY = 'sk-ant-admin'

/**
 * The part of the Admin API that tells of usage, costs and limits: the ledger of a model in the provider's shapes, of all
 * workspaces and strangers' batches too. It changes nothing.
 *
 * Documented (fact sheet section 11, August 2026): paths, parameters, shapes, pages, and that a key begins with `sk-ant-admin`.
 * Assumed: that a batch is billed in the bucket in which it ends and is seen at once (at the provider within about 5 minutes), the
 * 403 of another key, and what the functions below call so. Not emulated: `speed`, `api_key_id` and accounts, which are null.
 */
export class AdminApi {
  readonly #model: ProviderModel
  readonly #random: SeededRandom
  readonly #organizationId: string

  constructor(model: ProviderModel) {
    const { seed } = model.settings
    this.#model = model
    this.#random = new SeededRandom(hashNumber('admin calls', seed))
    // The model draws its own as the first of its calls.
    this.#organizationId = organizationId(new SeededRandom(hashNumber('calls', seed)))
  }

  /** Tokens by minute, hour or day. */
  usageReport(params: AdminCallParams): Response<WireReport<WireUsageItem>> {
    return this.#report(params, USAGE_RULES, USAGE_REPORT)
  }

  /** Money by day; without prices nothing. */
  costReport(params: AdminCallParams): Response<WireReport<WireCostItem>> {
    return this.#report(params, COST_RULES, costReport(this.#model.settings.prices ?? {}))
  }

  /** The limits of the organization; with `model` those of its group, or a 404. */
  rateLimits(params: AdminCallParams): Response<WireRateLimits> {
    const call = this.#admit(params)
    if (!(call instanceof Call)) return call
    const name = params.query.get('model')
    const all = rateLimitsAt(this.#model.settings, call.now, call.version)
    const data = name === null ? all : all.filter(({ models }) => models?.includes(name))
    if (data.length === 0) return call.error(404, 'not_found_error', `model: ${name}`)
    return call.ok({ data, next_page: null })
  }

  /** What is other for one workspace: nothing here. A 404 for one that is not there. */
  workspaceRateLimits(params: AdminCallParams & { readonly id: string }): Response<WireRateLimits> {
    const call = this.#admit(params)
    if (!(call instanceof Call)) return call
    const { workspaces } = this.#model.settings
    const known = [...(workspaces?.values() ?? []), this.#model.defaultWorkspaceId]
    if (known.includes(params.id)) return call.ok({ data: [], next_page: null })
    return call.error(404, 'not_found_error', `Workspace ${params.id} not found.`)
  }

  #report<Sum, Item>(
    params: AdminCallParams,
    rules: ReportRules,
    kind: ReportKind<Sum, Item>,
  ): Response<WireReport<Item>> {
    const call = this.#admit(params)
    if (!(call instanceof Call)) return call
    const query = readReportQuery(params.query, rules, call.now)
    if ('wrong' in query) return call.invalid(query.wrong)
    return call.ok(reportOf(this.#billed(call.now), query, kind))
  }

  *#billed(now: number): Generator<BilledCall> {
    for (const row of this.#model.ledger.rows(now)) {
      const call = billedCall(row, this.#model.defaultWorkspaceId)
      if (call !== null) yield call
    }
  }

  #admit({ now, caller = DEFAULT_CALLER }: AdminCallParams): Call | Response<never> {
    const call = admit({
      now,
      caller,
      workspaces: null,
      workspaceId: null,
      organizationId: this.#organizationId,
      requestId: providerId('req', this.#random),
    })
    if (!(call instanceof Call) || caller.apiKey?.startsWith(ADMIN_KEY) === true) return call
    const text = `This needs an Admin API key, which begins with ${ADMIN_KEY}.`
    return call.error(403, 'permission_error', text)
  }
}
