import {
  type ImportedLine,
  type ImportParams,
  type ImportResult,
  laneKey,
  type RemoteId,
  type ResultLine,
  type Verdict,
} from '@halfrate/core'
import { aLook } from '../builders/a-look.js'
import { aNonce } from '../builders/a-nonce.js'
import { anEndedBatch } from '../builders/a-remote-batch.js'
import { SUCCEEDED } from '../builders/a-result-line.js'
import { testDigest } from '../test-digest.js'
import type { Scene } from './scene.js'

/** What a case says of a line; the rest follows from it. */
export type LineToImport = Omit<ResultLine, 'requestId'> & {
  readonly requestId: ImportedLine['requestId']
  readonly key: string
  readonly end?: Verdict
}

/** Takes in a page of lines of a batch that the store did not send. */
export async function importLines(
  scene: Scene,
  params: Partial<Omit<ImportParams, 'lines'>> &
    Pick<ImportParams, 'batch'> & { readonly lines: readonly LineToImport[] },
): Promise<ImportResult> {
  const { project, queue, account } = scene
  const lines = params.lines.map((line) => ({
    ...line,
    keyHash: testDigest.hash128(new TextEncoder().encode(line.key)),
    model: 'claude-haiku-4-5',
    end: line.end ?? SUCCEEDED,
  }))
  return await scene.store.importSubmission({
    account,
    nonce: aNonce(900),
    look: aLook(),
    firstRequestId: null,
    home: { project, queue, job: 'taken in', lane: laneKey({}) },
    ...params,
    lines,
  })
}

/** The same for one batch that has as many successes as there can be. */
export async function imported(
  scene: Scene,
  lines: readonly LineToImport[],
): Promise<ImportResult> {
  const batch = anEndedBatch({ succeeded: 9, errored: 9 }, { id: 'msgbatch_other' as RemoteId })
  return await importLines(scene, { batch, lines })
}
