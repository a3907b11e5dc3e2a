import type { EngineEvent } from '../model/engine-event.js'

/** Is told what the engine does, for screens and logs. Must not throw and must not wait. */
export interface Observer {
  onEvent(event: EngineEvent): void
}
