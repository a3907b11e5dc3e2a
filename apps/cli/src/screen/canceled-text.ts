import { countText } from './number-text.js'

/** What canceling did, in one sentence. */
export function canceledText(
  where: string,
  done: {
    readonly canceled: number
    readonly withdrawn: number
    readonly flagged: number
    /** Done, or canceled, before. */
    readonly unchanged: number
  },
): string {
  const { canceled, withdrawn, flagged, unchanged } = done
  const parts: string[] = []
  if (canceled > 0) parts.push(`${countText(canceled)} canceled for free`)
  if (withdrawn > 0) {
    parts.push(`${countText(withdrawn)} taken out of a batch before it was sent, for free`)
  }
  if (flagged > 0) {
    parts.push(
      `${countText(flagged)} at Claude: what it answers all the same is paid and kept, the others become canceled`,
    )
  }
  if (unchanged > 0) parts.push(`${countText(unchanged)} done or canceled before`)
  return `${where}: ${parts.length === 0 ? 'nothing is left to cancel' : parts.join(' · ')}`
}
