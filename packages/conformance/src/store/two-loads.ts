import {
  ConfigError,
  type IntakeRow,
  InvariantError,
  type Job,
  loadJob,
  type OpenLoadParams,
} from '@halfrate/core'
import type { Scene } from './scene.js'

/** Who goes on, and for how many calls of the store; both go on by turns of one when all is through. */
export type Turns = readonly (readonly [load: 0 | 1, calls: number])[]

/**
 * Loads two inputs into one job at once: each call of the store waits for its turn. Answers the job as each load got it
 * committed, null for a load that others kept from it.
 */
export async function loadTwo(
  scene: Scene,
  params: {
    readonly jobName: string
    readonly inputs: readonly [readonly IntakeRow[], readonly IntakeRow[]]
    readonly turns: Turns
  },
): Promise<readonly [Job | null, Job | null]> {
  const gates = [new Gate(), new Gate()] as const
  const load = (at: 0 | 1): Promise<Job | null> => loadThrough(scene, gates[at], params, at)
  const ends = [load(0), load(1)] as const
  for (const [at, calls] of params.turns) {
    for (let call = 0; call < calls; call += 1) await gates[at].letOne()
  }
  while (!gates.every((gate) => gate.isEnded)) for (const gate of gates) await gate.letOne()
  return Promise.all(ends)
}

async function loadThrough(
  scene: Scene,
  gate: Gate,
  params: Parameters<typeof loadTwo>[1],
  at: 0 | 1,
): Promise<Job | null> {
  const { project, queue } = scene
  const { jobName, inputs } = params
  const read = () => ({ rows: inputs[at], sourceDigest: () => `input ${at}` })
  const store = through(gate, scene.store)
  try {
    const target = { store, project, queue, jobName, onConflict: 'supersede' } as const
    return (await loadJob({ ...target, read })).job
  } catch (error) {
    if (error instanceof ConfigError) return null
    throw error
  } finally {
    gate.end()
  }
}

function through(gate: Gate, store: OpenLoadParams['store']): OpenLoadParams['store'] {
  return {
    traits: store.traits,
    // What a queue's policy says is no part of the load, nor is what its rows share.
    getSetting: (params) => store.getSetting(params),
    putSetting: (params) => store.putSetting(params),
    now: () => store.now(),
    openJob: (params) => gate.pass(() => store.openJob(params)),
    putRequests: (params) => gate.pass(() => store.putRequests(params)),
    commitJob: (params) => gate.pass(() => store.commitJob(params)),
    discardPart: (params) => gate.pass(() => store.discardPart(params)),
    findJob: (params) => gate.pass(() => store.findJob(params)),
  }
}

/** Lets the calls of one load through, one by one. */
class Gate {
  #isEnded = false
  #waiting: (() => void) | null = null
  #arrived: (() => void) | null = null

  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Waits at the gate, then calls. */
  async pass<T>(call: () => Promise<T>): Promise<T> {
    if (this.#waiting !== null) throw new InvariantError('A load calls one by one.')
    await new Promise<void>((resolve) => {
      this.#waiting = resolve
      this.#arrived?.()
    })
    return call()
  }

  /** Lets the next call through, and waits until the load is at the gate again or at its end. */
  async letOne(): Promise<void> {
    await this.#arrival()
    const go = this.#waiting
    this.#waiting = null
    go?.()
    await this.#arrival()
  }

  end(): void {
    this.#isEnded = true
    this.#arrived?.()
  }

  async #arrival(): Promise<void> {
    if (this.#isEnded || this.#waiting !== null) return
    await new Promise<void>((resolve) => {
      this.#arrived = resolve
    })
    this.#arrived = null
  }
}
