import { ConfigError, DEFAULT_PROJECT, type QueueName } from '@halfrate/core'
import { type PolicyChanges, storeText, writeQueuePolicy } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, openStore, placeOf, type StoreFlags } from '../run/store-options.js'
import { commandText } from '../screen/command-text.js'
import { appliedLines, driftLines, driftObject } from '../screen/drift-lines.js'
import type { CommandSettings } from '../settings/command-settings.js'
import { lookForDrift } from '../settings/look-for-drift.js'
import { type Drift, isDrift } from '../settings/queue-drift.js'
import { printAnswer } from '../terminal/print-answer.js'

/** Flags of `apply`. */
export interface ApplyFlags extends StoreFlags {
  readonly check?: boolean | undefined
  readonly json?: boolean | undefined
}

/**
 * Writes the queues of a config file into a store; with `check` only says where the two differ, and ends with 1 if they do.
 *
 * @throws {ConfigError} when this folder has no such file, or it declares no queues.
 */
export async function apply(flags: ApplyFlags): Promise<number> {
  const { file, queues } = declaredOf(flags.settings)
  const place = placeOf(flags)
  const isCheck = flags.check === true
  const command = commandText('apply', storeFlag(place))
  await using half = isCheck
    ? await openExistingStore(place, { madeBy: command })
    : await openStore(place)
  const drift = await lookForDrift(half, queues)
  if (!isCheck) await write(half.store, queues, drift)
  const exitCode = isCheck && isDrift(drift) ? EXIT.couldNotWork : EXIT.usable
  const facts = { file, drift, apply: command }
  const told = { type: 'apply', check: isCheck, file, store: storeText(place.store) }
  printAnswer(flags.json, {
    object: { ...told, ...driftObject(drift), exit_code: exitCode },
    lines: isCheck ? driftLines(facts) : appliedLines(facts),
  })
  return exitCode
}

async function write(
  store: Parameters<typeof writeQueuePolicy>[0]['store'],
  declared: ReadonlyMap<QueueName, PolicyChanges>,
  drift: Drift,
): Promise<void> {
  for (const { queue, state } of drift.queues) {
    if (state === 'same') continue
    const changes = declared.get(queue) ?? {}
    await writeQueuePolicy({ store, project: DEFAULT_PROJECT, queue, changes })
  }
}

function declaredOf(settings: CommandSettings | undefined): {
  readonly file: string
  readonly queues: ReadonlyMap<QueueName, PolicyChanges>
} {
  const file = settings?.file ?? null
  if (file === null) {
    throw new ConfigError(
      'there is no halfrate.config.json or halfrate.config.ts in this folder.',
      'Go to the folder that has it, or write one (halfrate init). Nothing was changed.',
    )
  }
  if (file.queues === null) {
    throw new ConfigError(
      `${file.name}: it declares no queues, so there is nothing to apply.`,
      'Name them under queues, as in: queues: { triage: { flushAge: "30m" } }. Nothing was changed.',
    )
  }
  return { file: file.name, queues: file.queues }
}
