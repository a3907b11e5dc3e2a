import type { Clock, EngineSettings, Store, Transport } from '@halfrate/core'
import type { StepJudge } from '../judge/step-judge.js'
import type { SimProcess } from '../process/sim-process.js'

/** What a planted bug may reach. */
export interface PlantReach {
  readonly process: SimProcess
  readonly judge: StepJudge
  readonly settings: EngineSettings
  /** What the process's own clock says. */
  readonly clockNow: () => number
}

/** A bug that is put in on purpose, to see that it is found. */
export interface Plant {
  readonly name: string
  /** What is wrong, in a sentence. */
  readonly about: string
  /** Most seeds in which it must be found. */
  readonly within: number
  readonly settings?: (settings: EngineSettings) => EngineSettings
  /** Wraps the store as everybody has it, those who judge included. */
  readonly data?: (store: Store) => Store
  /** Wraps the store itself, where calls take effect. */
  readonly store?: (store: Store, reach: PlantReach) => Store
  /** Wraps what the process sees of the store, its errors included. */
  readonly view?: (store: Store, reach: PlantReach) => Store
  readonly clock?: (clock: Clock) => Clock
  readonly transport?: (transport: Transport, reach: PlantReach) => Transport
}
