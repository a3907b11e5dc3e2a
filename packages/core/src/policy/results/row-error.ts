import { InvariantError } from '../../errors.js'
import type { ReasonCode, Verdict } from '../../model/request.js'

/** Why a row has no usable answer, for programs and people. */
export interface RowError {
  /** Our reason code; stable. */
  readonly code: ReasonCode
  /** What happened, with the provider's own words where there are any; may change at any time. */
  readonly message: string
  /** What can be done about it, or that nothing needs to be. */
  readonly nextStep: string
}

/** What is known of an end beside its verdict. */
export interface EndFacts {
  readonly stopReason: string | null
  /** The provider's message of its last error; null for none. */
  readonly errorMessage: string | null
}

type Text = Omit<RowError, 'code'>

/** Explains how a request ended that did not succeed. */
export function rowErrorOf(verdict: Verdict, facts: EndFacts): RowError {
  return { code: verdict.reason, ...textOf(verdict, facts) }
}

function textOf(verdict: Verdict, facts: EndFacts): Text {
  switch (verdict.reason) {
    case 'usable':
      throw new InvariantError('A request failed though its answer is usable.')
    case 'cut_off':
      return cutOffText(facts.stopReason)
    case 'refused':
      return {
        message: 'The model refused to answer.',
        nextStep: 'Read the message, change the request, and send it anew.',
      }
    case 'output_invalid':
      return outputInvalidText(verdict)
    case 'empty':
      return {
        message: 'The answer holds nothing besides thinking.',
        nextStep: 'Retry it; raise max_tokens if it stopped while thinking.',
      }
    case 'errored':
      return {
        message: providerText('The provider refused the request', verdict, facts),
        nextStep: 'Correct the request and send it anew; it was not billed.',
      }
    case 'gave_up':
      return {
        message: providerText('The provider kept failing', verdict, facts),
        nextStep: 'Retry it later; the failed attempts were not billed.',
      }
    case 'rejected':
      return {
        message: providerText('The provider refused the batch that held it alone', verdict, facts),
        nextStep: 'Correct the request or the settings it was sent under, and send it anew.',
      }
    case 'file_damaged':
      return fileDamagedText(verdict)
    case 'expired':
      return {
        message: 'The provider did not get to it before its batches expired.',
        nextStep: 'Retry it, or run it in real time; expired attempts were not billed.',
      }
    case 'result_lost':
      return {
        message: 'Its answer could not be fetched before the provider dropped it.',
        nextStep: 'It may have been paid. Retry it if it may be paid again.',
      }
    case 'possibly_paid':
      return {
        message: 'The answer to its send was lost for good, so it may have been paid.',
        nextStep: 'Retry it if it may be paid again.',
      }
    case 'canceled':
      return { message: 'It was canceled.', nextStep: 'Retry it if it is still wanted.' }
    case 'superseded':
      return {
        message: 'A newer request under the same key took its place.',
        nextStep: 'Nothing to do: read the newer one.',
      }
  }
}

function outputInvalidText({ detail }: Verdict): Text {
  const what = 'The answer is not of the form that its queue asks for'
  return {
    message: detail === null ? `${what}.` : `${what}: ${detail}.`,
    nextStep: 'Read unusable.text. Ask for a simpler form, or say in the prompt what it is.',
  }
}

function cutOffText(stopReason: string | null): Text {
  switch (stopReason) {
    case 'model_context_window_exceeded':
      return {
        message: "The answer was cut off at the end of the model's context window.",
        nextStep: 'Shorten the prompt, or use a model with a larger window.',
      }
    case 'pause_turn':
      return {
        message: 'The answer was paused in the middle of its turn (pause_turn).',
        nextStep: 'Send the conversation again with this message at its end to go on.',
      }
    default:
      return {
        message: 'The answer was cut off at max_tokens.',
        nextStep: 'Retry it with a larger max_tokens.',
      }
  }
}

function fileDamagedText({ detail }: Verdict): Text {
  const what = 'A file of it is damaged in the store, so it was not sent'
  return {
    message: detail === null ? `${what}.` : `${what}: ${detail}.`,
    nextStep:
      'Nothing was billed. Put it in again with the file, which mends the copy in the store, then retry it.',
  }
}

function providerText(what: string, verdict: Verdict, facts: EndFacts): string {
  const words = [verdict.detail, facts.errorMessage].filter((word) => word !== null)
  return words.length === 0 ? `${what}.` : `${what}: ${words.join(': ')}`
}
