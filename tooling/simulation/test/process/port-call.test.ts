import { describe, expect, it } from 'vitest'
import { Draw } from '../../src/chance/draw.js'
import { type CallFault, type PortCall, PortCalls } from '../../src/process/port-call.js'
import { SimProcess } from '../../src/process/sim-process.js'
import { Scheduler } from '../../src/time/scheduler.js'

function arrange(fault: CallFault | null) {
  const scheduler = new Scheduler(0, new Draw(1, 'order'))
  const calls = new PortCalls(scheduler, () => undefined)
  calls.faults = { at: () => fault }
  const seen: string[] = []
  const process = new SimProcess('p', scheduler, () => seen.push('killed'))
  const call: PortCall<string> = {
    port: 'store',
    name: 'now',
    beforeMs: 1,
    afterMs: 0,
    effect: async () => {
      seen.push('effect')
      return 'answer'
    },
    failure: (hadEffect) => ({ type: 'error', error: hadEffect ? 'unanswered' : 'failed' }),
  }
  const make = (): void => {
    calls.make(process, call).then(
      (answer) => seen.push(`${answer} at ${scheduler.now}`),
      (error: unknown) => seen.push(`${error} at ${scheduler.now}`),
    )
  }
  const run = async (): Promise<readonly string[]> => {
    make()
    await scheduler.run({ isOver: () => false, until: 10_000, maxEvents: 100 })
    return seen
  }
  return { run, process }
}

describe('a call over a port', () => {
  it.each([
    [null, ['effect', 'answer at 1']],
    [{ type: 'error_before' }, ['failed at 1']],
    [{ type: 'error_after' }, ['effect', 'unanswered at 1']],
    [{ type: 'kill_before' }, ['killed']],
    [{ type: 'kill_after' }, ['effect', 'killed']],
    [{ type: 'pause', ms: 500 }, ['effect', 'answer at 501']],
    [{ type: 'sleep', ms: 500 }, ['effect', 'answer at 501']],
  ] as const)('with %j does and shows %j', async (fault, expected) => {
    expect(await arrange(fault).run()).toEqual(expected)
  })

  it('of a frozen process waits until it goes on, and of a dead one never takes effect', async () => {
    const frozen = arrange(null)
    frozen.process.freeze(300)
    expect(await frozen.run()).toEqual(['effect', 'answer at 300'])
    const dead = arrange(null)
    dead.process.retire()
    expect(await dead.run()).toEqual([])
  })
})
