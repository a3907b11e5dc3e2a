import { describe, expect, it } from 'vitest'
import { Draw } from '../../src/chance/draw.js'
import { EventHeap } from '../../src/time/event-heap.js'
import { Scheduler } from '../../src/time/scheduler.js'

const FREE = { isOver: () => false, until: 1_000_000, maxEvents: 1_000 }

describe('EventHeap', () => {
  it('gives events out by their instants, and by their order where those are the same', () => {
    const draw = new Draw(1, 'heap')
    const heap = new EventHeap()
    const events = Array.from({ length: 500 }, () => ({
      at: draw.whole(0, 20),
      order: draw.fraction(),
      run: () => undefined,
    }))
    for (const event of events) heap.push(event)
    const popped = Array.from({ length: 500 }, () => heap.pop())
    expect(popped).toEqual(events.toSorted((a, b) => a.at - b.at || a.order - b.order))
    expect(heap.pop()).toBeUndefined()
  })
})

describe('Scheduler', () => {
  it('moves time only from event to event, and lets all that an event set off run first', async () => {
    const scheduler = new Scheduler(100, new Draw(1, 'order'))
    const seen: string[] = []
    scheduler.after(50, async () => {
      await Promise.resolve()
      seen.push(`first at ${scheduler.now}`)
      void Promise.resolve()
        .then(() => undefined)
        .then(() => seen.push('what it set off'))
    })
    scheduler.after(50.4, () => void seen.push(`second at ${scheduler.now}`))
    scheduler.after(80, () => void seen.push(`third at ${scheduler.now}`))
    expect(await scheduler.run(FREE)).toBe('idle')
    expect(seen.at(-1)).toBe('third at 180')
    expect(seen.indexOf('what it set off')).toBe(seen.indexOf('first at 150') + 1)
  })

  it('stops before an event that lies beyond the bound, and goes on with it later', async () => {
    const scheduler = new Scheduler(0, new Draw(1, 'order'))
    let ran = false
    scheduler.after(500, () => {
      ran = true
    })
    expect(await scheduler.run({ ...FREE, until: 499 })).toBe('until')
    expect([scheduler.now, ran]).toEqual([499, false])
    expect(await scheduler.run(FREE)).toBe('idle')
    expect([scheduler.now, ran]).toEqual([500, true])
  })

  it('ends with the error of an event that failed, at once or later', async () => {
    const broken = new RangeError('broken')
    const failing = [
      () => {
        throw broken
      },
      async () => {
        await Promise.resolve()
        throw broken
      },
    ]
    for (const run of failing) {
      const scheduler = new Scheduler(0, new Draw(1, 'order'))
      scheduler.after(1, run)
      await expect(scheduler.run(FREE)).rejects.toBe(broken)
    }
  })

  it('waits for what happens outside before the next event', async () => {
    const scheduler = new Scheduler(0, new Draw(1, 'order'))
    const seen: string[] = []
    let outside: Promise<void> | null = null
    scheduler.waitFor(() => outside)
    const ask = (answer: string): Promise<void> => {
      outside = new Promise<void>((resolve) => {
        setImmediate(resolve)
      }).then(() => {
        outside = null
        seen.push(answer)
      })
      return outside
    }
    scheduler.after(1, async () => {
      await ask('first answer')
      await ask('second answer')
    })
    scheduler.after(2, () => void seen.push('next event'))
    await scheduler.run(FREE)
    expect(seen).toEqual(['first answer', 'second answer', 'next event'])
  })

  it('tells of a run that goes round in circles', async () => {
    const scheduler = new Scheduler(0, new Draw(1, 'order'))
    const again = (): void => scheduler.after(0, again)
    again()
    expect(await scheduler.run({ ...FREE, maxEvents: 100 })).toBe('max_events')
  })

  it('counts events of a span and not of a long run at leisure', async () => {
    const scheduler = new Scheduler(0, new Draw(1, 'order'))
    const again = (): void => scheduler.after(10, again)
    again()
    const limits = { isOver: () => false, until: 10_000, maxEvents: 100 }
    expect(await scheduler.run({ ...limits, withinMs: 1_000 })).toBe('until')
    expect(scheduler.events).toBe(1_000)
    expect(await scheduler.run({ ...limits, until: 20_000, withinMs: 1_020 })).toBe('max_events')
  })
})
