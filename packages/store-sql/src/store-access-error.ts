import { StoreUnavailableError } from '@halfrate/core'

/** The store can't be used as it is: no permission, no room, damaged. A person has to do something first. */
export class StoreAccessError extends StoreUnavailableError {
  override readonly nextStep: string

  constructor(message: string, nextStep: string, options?: ErrorOptions) {
    super(message, options)
    this.nextStep = nextStep
  }
}
