import type { Command } from 'commander'
import type { ApplyFlags } from './apply.js'
import { examplesOf } from './help-text.js'
import type { LimitsFlags } from './limits.js'
import type { LimitsSetFlags } from './limits-set.js'
import { type Done, withJson, withProvider, withStore } from './options.js'
import type { QueuesFlags } from './queues.js'
import type { QueuesRolloutFlags } from './queues-rollout.js'
import type { QueuesSetFlags } from './queues-set.js'

/** Adds `queues` and what it does to one of them, and `apply`, which sets what a file says of them. */
export function addQueueCommands(program: Command, done: Done): void {
  const queues = withJson(withStore(program.command('queues')))
    .addHelpText('after', examplesOf('queues'))
    .description('show every queue: what waits, what is at Claude, its policy; change one')
    .action(async (flags: QueuesFlags) => {
      const { queues } = await import('./queues.js')
      done(await queues(flags))
    })
  addSet(queues, done)
  addPausing(queues, done)
  addFlush(queues, done)
  addRollout(queues, done)
  addLimits(program, done)
  addApply(program, done)
}

function addRollout(queues: Command, done: Done): void {
  withJson(withStore(queues.command('rollout')))
    .addHelpText('after', examplesOf('queuesRollout'))
    .description('compare what a queue came to in batches and in real time, and say what is next')
    .argument('<name>', 'the queue')
    .option('--since <when>', 'what was done from then on, as 3d or 2026-11-20 (default: 7d)')
    .option(
      '--within <time>',
      'how soon nine in ten answers of batches are to come, as 6h (default: 24h)',
    )
    .action(async (name: string, flags: QueuesRolloutFlags) => {
      const { queuesRollout } = await import('./queues-rollout.js')
      done(await queuesRollout(name, flags))
    })
}

function addLimits(program: Command, done: Done): void {
  const limits = withJson(withStore(program.command('limits')))
    .addHelpText('after', examplesOf('limits'))
    .description('show how many requests may be in line at Claude, and who waits for room; set it')
    .action(async (flags: LimitsFlags) => {
      const { limits } = await import('./limits.js')
      done(await limits(flags))
    })
  withJson(withProvider(withStore(limits.command('set'))))
    .addHelpText('after', examplesOf('limitsSet'))
    .description('say how many requests may be in line, and share that by projects and queues')
    .option(
      '--enqueued <n>',
      'requests in batches at once; none for no limit, ask for what the provider says',
    )
    .action(async (flags: LimitsSetFlags) => {
      const { limitsSet } = await import('./limits-set.js')
      done(await limitsSet(flags))
    })
}

function addSet(queues: Command, done: Done): void {
  withRoutes(withAnswers(withBatches(withJson(withStore(queues.command('set'))))))
    .addHelpText('after', examplesOf('queuesSet'))
    .description('change the policy of a queue; what is not named stays')
    .argument('<name>', 'the queue')
    .action(async (name: string, flags: QueuesSetFlags) => {
      const { queuesSet } = await import('./queues-set.js')
      done(await queuesSet(name, flags))
    })
}

function withBatches(command: Command): Command {
  return command
    .option('--flush-count <n>', 'send when so many wait, 1 to 100000')
    .option('--flush-bytes <n>', 'send when so many bytes wait, 1 to 255000000')
    .option(
      '--flush-age <time>',
      'send when the oldest has waited so long, as 30m or 6h; 0: at once',
    )
    .option(
      '--flush-schedule <cron>',
      'send at times of the day: minute, hour, day, month, day of week, as "0 2 * * *"',
    )
    .option('--flush-time-zone <zone>', 'the place whose time that is, as Australia/Sydney')
    .option('--batch-size <n>', 'most requests in one batch, 1 to 100000')
    .option('--batch-bytes <n>', 'most bytes in one batch, 1 to 255000000')
    .option(
      '--deadline-batch-size <n>',
      'most requests in one batch of those that are wanted by an instant, 1 to 100000',
    )
    .option('--on-lost-answer <what>', 'resend, wait or ask, when the answer to a send is lost')
}

function withAnswers(command: Command): Command {
  return command
    .option('--max-failures <n>', 'failures of a request before it is given up, 1 to 100')
    .option('--give-up-after <time>', 'give up what failed or expired after so long, as 72h')
    .option('--accept <kinds>', 'answers that count as good: cut_off,refused,empty, or none')
    .option(
      '--raise-max-tokens-to <n>',
      'send what was cut off once more with so many max_tokens; 0 for never',
    )
    .option('--continue-at-most <n>', 'go on so often where an answer paused; 0 for never')
    .option(
      '--ask-refused-of <model>',
      'ask another model once what was refused, at its own price; none for never',
    )
    .option(
      '--output-schema <file>',
      'send an answer back once that is not of this JSON Schema; none for never',
    )
}

function withRoutes(command: Command): Command {
  return command
    .option(
      '--canary <n>',
      'send so many rows of each job first, and the rest if they are good; 0 for none',
    )
    .option(
      '--primer-wait <time>',
      'let a job wait so long for a row that writes what all share to the cache; 0 for never',
    )
    .option(
      '--cache-prefix <how>',
      'have the tools and system that rows share cached for 5m or 1h; none for as they come',
    )
    .option(
      '--routing <how>',
      'asked, or rules: in real time what is wanted before a batch is likely back',
    )
    .option(
      '--when-few <route>',
      'by the rules: batch, or realtime for what has none to share a batch with where few come',
    )
    .option('--few-a-day <n>', 'so many requests in 24 hours are not few any more')
    .option(
      '--batch-percent <n>',
      'send so much of what is enqueued in batches, by the key, and ask the rest in real time',
    )
    .option(
      '--rescue <how>',
      'what a batch would bring too late: never, reroute (while it waits), hedge, cancel_batch_first',
    )
    .option(
      '--key-tails <what>',
      'on or off: custom ids end in keys, for halfrate salvage; Claude sees the keys then',
    )
}

function addApply(program: Command, done: Done): void {
  withJson(withStore(program.command('apply')))
    .addHelpText('after', examplesOf('apply'))
    .description('write the queues and budgets of halfrate.config.json or .ts into the store')
    .option('--check', 'write nothing, say where the two differ, and end with 1 if they do')
    .action(async (flags: ApplyFlags) => {
      const { apply } = await import('./apply.js')
      done(await apply(flags))
    })
}

function addPausing(queues: Command, done: Done): void {
  withJson(withStore(queues.command('pause')))
    .addHelpText('after', examplesOf('queuesPause'))
    .description('send nothing more of a queue until it is resumed')
    .argument('<name>', 'the queue')
    .option('--note <text>', 'why; shown by queues, status and why')
    .action(async (name: string, flags: QueuesFlags & { readonly note?: string | undefined }) => {
      const { queuesPause } = await import('./queues-pause.js')
      done(await queuesPause(name, flags))
    })
  withJson(withStore(queues.command('resume')))
    .addHelpText('after', examplesOf('queuesResume'))
    .description('end the pause of a queue')
    .argument('<name>', 'the queue')
    .action(async (name: string, flags: QueuesFlags) => {
      const { queuesResume } = await import('./queues-pause.js')
      done(await queuesResume(name, flags))
    })
}

function addFlush(queues: Command, done: Done): void {
  withJson(withStore(queues.command('flush')))
    .addHelpText('after', examplesOf('queuesFlush'))
    .description('send what waits in a queue now, whatever its policy waits for')
    .argument('<name>', 'the queue')
    .action(async (name: string, flags: QueuesFlags) => {
      const { queuesFlush } = await import('./queues-flush.js')
      done(await queuesFlush(name, flags))
    })
}
