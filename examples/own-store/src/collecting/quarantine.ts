import type { In, Out } from '../in-out.js'
import { QUARANTINE } from '../scripts/quarantine.js'
import type { Session } from '../session.js'

/** See `CollectingStore.quarantine`. */
export async function quarantine(
  session: Session,
  params: In<'quarantine'>,
): Promise<Out<'quarantine'>> {
  session.checkPage(params.lines)
  const key = session.keys.of('quarantine', params.remoteId ?? params.submissionId)
  const lines = params.lines.flatMap(({ bytes, reason, lineNumber }) => [
    bytes,
    `${reason} ${lineNumber}`,
  ])
  return { added: await session.connection.run<number>(QUARANTINE, [key, ...lines]) }
}
