import type { AccountId, ProjectId, QueueName } from '../model/ids.js'
import { poisonSetting } from '../model/setting-documents.js'
import type { EpochMs } from '../model/time.js'
import { type PauseDocuments, type SendHold, sendHoldOf } from '../policy/pausing.js'
import { incidentOf, laneHoldOf } from '../policy/retry/poison.js'
import type { WaitingGroup } from '../ports/store-planning.js'
import type { EngineContext } from './context.js'
import { readPauses } from './pauses.js'

interface Documents {
  readonly pauses: PauseDocuments
  readonly incidents: unknown
}

/** What holds back the groups of a queue at one moment; read once an account, however many groups there are. */
export class GroupHolds {
  readonly #context: EngineContext
  readonly #of: { readonly project: ProjectId; readonly queue: QueueName }
  readonly #documents = new Map<AccountId, Documents>()

  constructor(
    context: EngineContext,
    of: { readonly project: ProjectId; readonly queue: QueueName },
  ) {
    this.#context = context
    this.#of = of
  }

  /** What pauses say of a group, and until when its lane rests since its batches are refused; null for no rest. */
  async holdOf(
    { account, lane }: Pick<WaitingGroup, 'account' | 'lane'>,
    now: EpochMs,
  ): Promise<{ readonly hold: SendHold; readonly restsUntil: EpochMs | null }> {
    const { pauses, incidents } = await this.#documentsOf(account)
    const incident = incidents === undefined ? null : incidentOf(incidents, lane, now)
    return {
      hold: sendHoldOf(pauses, { lane, submissionId: null }, now),
      restsUntil: laneHoldOf(incident, now)?.until ?? null,
    }
  }

  async #documentsOf(account: AccountId): Promise<Documents> {
    const known = this.#documents.get(account)
    if (known !== undefined) return known
    const stored = await this.#context.store.getSetting(poisonSetting(account))
    const pauses = await readPauses(this.#context, { ...this.#of, account })
    const documents = { pauses, incidents: stored?.value }
    this.#documents.set(account, documents)
    return documents
  }
}
