const DAY_MS = 86_400_000

const TWO: readonly string[] = Array.from({ length: 100 }, (_, number) =>
  String(number).padStart(2, '0'),
)

interface DayText {
  readonly iso: string
  readonly utc: string
}

// Instants that are written one after another are of a few days.
const days = new Map<number, DayText>()
const MOST_DAYS = 1_000

/** An instant as RFC 3339 text with microseconds and `Z`. `micros` are those below the millisecond, 0 to 999. */
export function rfc3339(epochMs: number, micros = 0): string {
  const at = Math.floor(epochMs)
  const { iso } = dayOf(at)
  return `${iso}T${timeOfDay(at)}.${three(modulo(at, 1_000))}${three(micros)}Z`
}

/** An instant as the `date` header of HTTP has it, in whole seconds. */
export function httpDate(epochMs: number): string {
  const at = Math.floor(epochMs)
  return `${dayOf(at).utc} ${timeOfDay(at)} GMT`
}

function dayOf(at: number): DayText {
  const number = Math.floor(at / DAY_MS)
  const known = days.get(number)
  if (known !== undefined) return known
  const date = new Date(number * DAY_MS)
  const text = { iso: date.toISOString().slice(0, 10), utc: date.toUTCString().slice(0, 16) }
  if (days.size >= MOST_DAYS) days.clear()
  days.set(number, text)
  return text
}

function timeOfDay(at: number): string {
  const seconds = Math.floor(modulo(at, DAY_MS) / 1_000)
  const minutes = Math.floor(seconds / 60)
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`
}

function two(number: number): string {
  return TWO[number] ?? String(number)
}

function three(number: number): string {
  return number < 100 ? `0${two(number)}` : String(number)
}

// Never negative, unlike the remainder.
function modulo(number: number, by: number): number {
  return ((number % by) + by) % by
}
