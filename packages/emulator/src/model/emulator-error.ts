/** Kinds of mistakes of the emulator's own caller. Stable. */
export type EmulatorErrorCode = 'invalid_option' | 'invalid_fault' | 'invalid_reply' | 'misuse'

/** The family of errors that the emulator throws at its own caller. Wire errors are answers, never thrown. */
export class EmulatorError extends Error {
  /** What kind of mistake it is. Stable; branch on this, not on the message. */
  readonly code: EmulatorErrorCode
  /** What to do about it. */
  readonly nextStep: string

  constructor(
    code: EmulatorErrorCode,
    message: string,
    { nextStep, ...options }: ErrorOptions & { readonly nextStep: string },
  ) {
    super(message, options)
    this.name = 'EmulatorError'
    this.code = code
    this.nextStep = nextStep
  }
}

/** An option or flag is out of range or of the wrong kind. The message names it, what was expected and what came. */
export class InvalidOptionError extends EmulatorError {
  constructor(
    name: string,
    expected: string,
    actual: unknown,
    nextStep: string = 'Correct the option. No emulator was started.',
    options: ErrorOptions = {},
  ) {
    super('invalid_option', `${name}: expected ${expected}, got ${show(actual)}.`, {
      ...options,
      nextStep,
    })
    this.name = 'InvalidOptionError'
  }
}

/** A fault can't be scripted as asked. The message names the member, what was expected and what came. */
export class InvalidFaultError extends EmulatorError {
  constructor(where: string, expected: string, actual: unknown) {
    super('invalid_fault', `${where}: expected ${expected}, got ${show(actual)}.`, {
      nextStep: 'Correct the fault. None of this call was scripted.',
    })
    this.name = 'InvalidFaultError'
  }
}

/** A reply is nothing that the model could answer. The message says what was expected, what came, and what would do. */
export class InvalidReplyError extends EmulatorError {
  constructor(where: string, expected: string, actual: unknown) {
    super('invalid_reply', `${where}: expected ${expected}, got ${show(actual)}.`, {
      nextStep: 'Correct what the test replies; docs/testing.md shows what a reply can be.',
    })
    this.name = 'InvalidReplyError'
  }
}

const SHOWN_CHARACTERS = 200

function show(value: unknown): string {
  const text = asText(value)
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`
}

function asText(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (value instanceof Promise) return 'a promise'
  if (typeof value === 'bigint') return String(value)
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return 'something that is no JSON'
  }
}
