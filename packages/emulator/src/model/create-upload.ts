import type { Answer } from './answer.js'
import { EmulatorError } from './emulator-error.js'
import { type PlanRowParams, planRow } from './plan-row.js'
import { ROW_FLAG, RowTable } from './row-table.js'
import type { WireBatch } from './wire.js'

/** One element of `requests`. Give its params either parsed or as JSON. */
export interface UploadItem {
  /** The `custom_id` as it came, of any type; undefined if it is missing. */
  readonly customId: unknown
  /** The parsed params, of any shape. */
  readonly params?: unknown
  /** The params as JSON text or as its UTF-8 bytes; read at once and not kept. */
  readonly paramsJson?: string | Uint8Array
}

/** When and how an upload ended. */
export interface FinishUploadParams {
  /** When the last byte came. Epoch milliseconds. */
  readonly now: number
  /** Size of the body after decoding. Default 0: not known, no limit is checked. */
  readonly bytes?: number
}

/** Why a whole create call is refused. */
export interface UploadFault {
  readonly status: 400 | 413
  readonly message: string
  /** Machine-readable code in the error's details; null if it has none. */
  readonly code: string | null
}

/** What an upload has gathered when it ends. */
export interface GatheredUpload {
  readonly rows: RowTable
  readonly hasHeldRow: boolean
  readonly wrong: UploadFault | null
  readonly count: number
  readonly firstCustomId: string | null
}

/** What an upload needs of the model. */
export interface UploadHost {
  readonly maxRequests: number
  readonly plan: Omit<PlanRowParams, 'customId' | 'params'>
  readonly finish: (gathered: GatheredUpload, params: FinishUploadParams) => Answer<WireBatch>
  readonly abort: (gathered: GatheredUpload, now: number) => void
}

const CUSTOM_ID = /^[a-zA-Z0-9_-]{1,64}$/
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * A create call while its body comes in. Rows are planned as they are added and their params
 * forgotten. Nothing is accepted before `finish`.
 */
export class CreateUpload {
  readonly #host: UploadHost
  readonly #rows = new RowTable()
  readonly #seen = new Set<string>()
  #hasHeldRow = false
  #wrong: UploadFault | null = null
  #count = 0
  #firstCustomId: string | null = null
  #isOpen = true

  constructor(host: UploadHost) {
    this.#host = host
  }

  /** Takes the next request. After the first mistake the rest is only counted. */
  add(item: UploadItem): void {
    this.#assertOpen()
    const { customId } = item
    const index = this.#count++
    if (index >= this.#host.maxRequests) return
    this.#wrong ??= this.#judge(customId, index)
    if (this.#wrong !== null || typeof customId !== 'string') return
    this.#firstCustomId ??= customId
    this.#seen.add(customId)
    const params = this.#parse(item)
    if (params === undefined) {
      this.#wrong ??= invalid(`requests.${index}.params: Field required`)
      return
    }
    const row = planRow({ ...this.#host.plan, customId, params })
    if ((row.flags & ROW_FLAG.held) !== 0) this.#hasHeldRow = true
    if ((row.flags & ROW_FLAG.refused) !== 0) {
      this.#wrong ??= invalid(`requests.${index}: Synthetic refusal of the batch`)
    }
    this.#rows.append(row)
  }

  /** Notes that the body is no JSON, which outweighs what was wrong with its items. `detail` ends the error text. */
  malformed(detail: string): void {
    this.#wrong = invalid(`The request body is not valid JSON: ${detail}`)
  }

  /** Notes that the body has no list `requests`. */
  unshaped(isMissing: boolean): void {
    const text = isMissing ? 'Field required' : 'Input should be a valid list'
    this.#wrong ??= invalid(`requests: ${text}`)
  }

  /** Notes why the body can't be taken; the first note counts. */
  refuse(fault: UploadFault): void {
    this.#wrong ??= fault
  }

  /** The last byte has come: accepts or refuses the batch and answers. */
  finish(params: FinishUploadParams): Answer<WireBatch> {
    this.#close()
    this.#wrong ??= badCount(this.#count, this.#host.maxRequests)
    return this.#host.finish(this.#gathered(), params)
  }

  /** The sender broke off before the last byte: nothing is accepted. */
  abort(params: { readonly now: number }): void {
    this.#close()
    this.#host.abort(this.#gathered(), params.now)
  }

  #judge(customId: unknown, index: number): UploadFault | null {
    const at = `requests.${index}.custom_id`
    if (customId === undefined) return invalid(`${at}: Field required`)
    if (typeof customId !== 'string') return invalid(`${at}: Input should be a valid string`)
    if (customId.length > 64) {
      return invalid(`${at}: String should have at most 64 characters`)
    }
    if (!CUSTOM_ID.test(customId)) {
      return invalid(`${at}: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`)
    }
    if (!this.#seen.has(customId)) return null
    return invalid(
      `requests: custom_id's must be unique within a batch. Duplicate custom_id found: ${customId}`,
    )
  }

  #parse(item: UploadItem): unknown {
    const json = item.paramsJson
    if (json === undefined) return item.params
    try {
      return JSON.parse(typeof json === 'string' ? json : decoder.decode(json))
    } catch (error) {
      this.malformed(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  #gathered(): GatheredUpload {
    this.#rows.trim()
    this.#seen.clear()
    return {
      rows: this.#rows,
      hasHeldRow: this.#hasHeldRow,
      wrong: this.#wrong,
      count: this.#count,
      firstCustomId: this.#firstCustomId,
    }
  }

  #close(): void {
    this.#assertOpen()
    this.#isOpen = false
  }

  #assertOpen(): void {
    if (this.#isOpen) return
    throw new EmulatorError('misuse', 'This upload has already ended.', {
      nextStep: 'Begin another one for another create.',
    })
  }
}

function invalid(message: string): UploadFault {
  return { status: 400, message, code: null }
}

/** What the ledger keeps of an upload. */
export function postFacts(
  gathered: GatheredUpload,
  finishedAt: number,
): { finishedAt: number; count: number; firstCustomId: string | null } {
  return { finishedAt, count: gathered.count, firstCustomId: gathered.firstCustomId }
}

// The text for an empty list was captured in September 2026; the other follows its style.
function badCount(count: number, most: number): UploadFault | null {
  if (count === 0) {
    return invalid('requests: List should have at least 1 item after validation, not 0')
  }
  if (count <= most) return null
  return invalid(`requests: List should have at most ${most} items after validation, not ${count}`)
}
