import type { Command } from 'commander'
import type { CancelFlags } from './cancel.js'
import type { EnqueueFlags } from './enqueue.js'
import { examplesOf } from './help-text.js'
import { type Done, withDeadline, withJson, withStore } from './options.js'
import type { RetryFlags } from './retry.js'
import type { RouteFlags } from './route.js'

/** Adds the commands that put requests in, and take them out, by their keys. */
export function addRequestCommands(program: Command, done: Done): void {
  addEnqueue(program, done)
  addRoute(program, done)
  addRetry(program, done)
  addCancel(program, done)
}

function addEnqueue(program: Command, done: Done): void {
  withDeadline(withJson(withStore(program.command('enqueue'))))
    .addHelpText('after', examplesOf('enqueue'))
    .description('put the requests of a file into a queue, each for itself; nothing is sent by it')
    .argument('<file>', 'JSON Lines as halfrate run takes them; - is standard input')
    .requiredOption('--queue <name>', 'the queue (required)')
    .option(
      '--route <route>',
      'batch, or realtime: each by itself and at once, at the whole price (default: as the queue says)',
    )
    .action(async (file: string, flags: EnqueueFlags) => {
      const { enqueue } = await import('./enqueue.js')
      done(await enqueue(file, flags))
    })
}

function addRoute(program: Command, done: Done): void {
  withDeadline(withJson(withStore(program.command('route'))))
    .addHelpText('after', examplesOf('route'))
    .description(
      'say which route the requests of a file are best sent by, why, and what both cost; nothing is sent by it',
    )
    .argument('<file>', 'JSON Lines as halfrate run takes them; - is standard input')
    .option('--queue <name>', 'the queue that they are for (default: default)')
    .option('--waiting', 'somebody waits for the answers')
    .action(async (file: string, flags: RouteFlags) => {
      const { route } = await import('./route.js')
      done(await route(file, flags))
    })
}

function addRetry(program: Command, done: Done): void {
  withJson(withStore(withScope(program.command('retry'))))
    .addHelpText('after', examplesOf('retry'))
    .description('let requests that failed or were canceled wait again; nothing is sent by it')
    .argument('[keys...]', 'keys of the requests')
    .option('--cut-off', 'all whose answer was cut off')
    .option('--code <codes>', 'all that failed with one of these codes, as errored,api_error')
    .option('--max-tokens <n>', 'with another max_tokens, 1 to 1000000')
    .option('--dry-run', 'only say what would wait again, and what it can cost')
    .action(async (keys: readonly string[], flags: RetryFlags) => {
      const { retry } = await import('./retry.js')
      done(await retry(keys, flags))
    })
}

function addCancel(program: Command, done: Done): void {
  withJson(withStore(withScope(program.command('cancel'))))
    .addHelpText('after', examplesOf('cancel'))
    .description('cancel requests: free before they are sent, at Claude as far as it still can')
    .argument('[keys...]', 'keys of the requests')
    .option('--all', 'every request of the job or the queue that is not done')
    .action(async (keys: readonly string[], flags: CancelFlags) => {
      const { cancel } = await import('./cancel.js')
      done(await cancel(keys, flags))
    })
}

/** Adds the flags that say where keys are. */
export function withScope(command: Command): Command {
  return command
    .option('--job <name>', 'name of the job (default: the only one)')
    .option('--queue <name>', 'instead of a job, the queue of requests that are in none')
}
