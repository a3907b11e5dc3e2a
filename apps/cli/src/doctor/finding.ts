/** What the doctor says of one thing. */
export interface Finding {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'problem'
  readonly text: string
  /** What to do about it; null when nothing is to be done. */
  readonly next: string | null
}

/** A thing that is as it should be. */
export function ok(name: string, text: string): Finding {
  return { name, state: 'ok', text, next: null }
}

/** A thing that works, and that somebody should look at. */
export function warning(name: string, text: string, next: string): Finding {
  return { name, state: 'warning', text, next }
}

/** A thing that stops the work. */
export function problem(name: string, text: string, next: string): Finding {
  return { name, state: 'problem', text, next }
}
