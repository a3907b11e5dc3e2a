import { type Command, Option } from 'commander'
import { addBudgetCommands } from './add-budget-commands.js'
import { addMoneyCommands } from './add-money-commands.js'
import { addPriceCommands } from './add-price-commands.js'
import { addQueueCommands } from './add-queue-commands.js'
import { addRequestCommands, withScope } from './add-request-commands.js'
import { addRescueCommands } from './add-rescue-commands.js'
import type { CompletionFlags } from './completion.js'
import type { DemoFlags } from './demo.js'
import type { DoctorFlags } from './doctor.js'
import type { EmulatorFlags } from './emulator.js'
import { examplesOf } from './help-text.js'
import type { InitFlags } from './init.js'
import { type Done, withDeadline, withInput, withJson, withProvider, withStore } from './options.js'
import type { PauseFlags } from './pause.js'
import type { ResultsFlags } from './results-flags.js'
import type { RunFlags } from './run.js'
import type { StatusFlags } from './status.js'
import type { WhyFlags } from './why.js'
import type { WorkFlags } from './work.js'

/**
 * Adds every command. Values of flags are read by the commands, since help needs none of what reading them needs.
 *
 * `done` is told the exit code of the one that ran.
 */
export function addCommands(program: Command, done: Done): void {
  // A flag belongs to the command that it stands behind: `queues --json` and `queues set NAME --json` both have it.
  program.enablePositionalOptions()
  program.commandsGroup('Main commands:')
  addRun(program, done)
  addWork(program, done)
  addStatus(program, done)
  addResults(program, done)
  addWhy(program, done)
  addDoctor(program, done)
  program.commandsGroup('Requests and queues:')
  addRequestCommands(program, done)
  addQueueCommands(program, done)
  addBudgetCommands(program, done)
  addPause(program, done)
  addResume(program, done)
  program.commandsGroup('Money:')
  addPriceCommands(program, done)
  addMoneyCommands(program, done)
  program.commandsGroup('When something went wrong:')
  addRescueCommands(program, done)
  program.commandsGroup('To begin with:')
  addInit(program, done)
  addCompletion(program, done)
  addDemo(program, done)
  addEmulator(program, done)
}

function addRun(program: Command, done: Done): void {
  const command = program
    .command('run')
    .addHelpText('after', examplesOf('run'))
    .description('send the requests of a file or a pipe, wait for the answers, and write them')
    .argument(
      '<file...>',
      'JSON Lines: {"key", "params"} or {"custom_id", "params"}, one request a line; with --prompt rows: CSV, JSON Lines, or documents by a pattern; - is standard input',
    )
    .requiredOption('-o, --output <file>', 'where the answers go; - is standard output (required)')
    .option(
      '--job <name>',
      "name of the job (default: from the file's name; for - from the output's)",
    )
    .option('--changed', 'send rows again whose params are not those of last time')
    .option('--keep', 'keep the old answers of such rows')
    .option(
      '--as <name>',
      'make a new job of the file, under that name: every row is sent and paid again',
    )
    .option(
      '--batch-size <n>',
      'most rows in one batch, 1 to 100000 (default: 100000, or what it was last)',
    )
    .option(
      '--on-lost-answer <what>',
      'when the answer to a send is lost: resend after 15 min, wait until it is sure, or ask (default: resend)',
    )
    .addOption(formatOption())
    .option('--json', 'JSON objects: changes on standard error, the report on standard output')
  withGrace(withAbsence(withProvider(withStore(withRows(withSending(command)))))).action(
    async (files: readonly string[], flags: RunFlags) => {
      const { run } = await import('./run.js')
      done(await run(files, flags))
    },
  )
}

function addWork(program: Command, done: Done): void {
  const command = program
    .command('work')
    .addHelpText('after', examplesOf('work'))
    .description('do what is due for every job of a store, until it is told to stop')
    .option('--once', 'do what is due now and end, for cron')
    .option('--json', 'JSON objects, one per line, instead of text')
  withGrace(withAbsence(withProvider(withStore(command)))).action(async (flags: WorkFlags) => {
    const { work } = await import('./work.js')
    done(await work(flags))
  })
}

function addStatus(program: Command, done: Done): void {
  const command = program
    .command('status')
    .addHelpText('after', examplesOf('status'))
    .description('show jobs, batches, money, what is due next, and what holds it back')
    .option('--json', 'one JSON object instead of text')
  withStore(command).action(async (flags: StatusFlags) => {
    const { status } = await import('./status.js')
    done(await status(flags))
  })
}

function addResults(program: Command, done: Done): void {
  const command = program
    .command('results')
    .addHelpText('after', examplesOf('results'))
    .description(
      'write the answers of a job, or of a queue, as they stand, in the order they were put in',
    )
    .option('--job <name>', 'name of the job (default: the only one)')
    .option('--queue <name>', 'instead of a job, the queue of requests that are in none')
    .option('-o, --output <file>', 'where they go; - is standard output', '-')
    .addOption(formatOption())
    .option(
      '--so-far',
      'only rows that are done, which alone decide the exit code; of a queue always',
    )
    .option('--since <time>', 'of a queue: done since, as 3d, 12h, 2026-11-20 or an instant')
    .option(
      '--after <cursor>',
      'of a queue: what no reading before gave, by the cursor of the last one; start for the first',
    )
    .option('--json', 'one JSON object of what was written; on standard error beside rows')
  withStore(command).action(async (flags: ResultsFlags) => {
    const { results } = await import('./results.js')
    done(await results(flags))
  })
}

function addWhy(program: Command, done: Done): void {
  const command = program
    .command('why')
    .addHelpText('after', examplesOf('why'))
    .description('show the life of one request and what it waits for')
    .argument('<key>', 'the key of the request')
  withJson(withStore(withScope(command))).action(async (key: string, flags: WhyFlags) => {
    const { why } = await import('./why.js')
    done(await why(key, flags))
  })
}

function addDoctor(program: Command, done: Done): void {
  const command = program
    .command('doctor')
    .addHelpText('after', examplesOf('doctor'))
    .description('check key, workspace, clock, limits, store and disk, and say what to do')
    .option('--integrity', 'check the whole file of a store, however large it is')
  withJson(withProvider(withStore(command))).action(async (flags: DoctorFlags) => {
    const { doctor } = await import('./doctor.js')
    done(await doctor(flags))
  })
}

function addPause(program: Command, done: Done): void {
  const command = program
    .command('pause')
    .addHelpText('after', examplesOf('pause'))
    .description('send nothing more until halfrate resume; what is at Claude still comes home')
    .option('--queue <name>', 'only this queue (halfrate run fills the queue run)')
    .option('--project <name>', 'only this project')
    .option('--all', 'everything in the store, whoever pays for it and whatever its project')
    .option('--note <text>', 'why; shown by status and why')
  withJson(withStore(command)).action(async (flags: PauseFlags) => {
    const { pause } = await import('./pause.js')
    done(await pause(flags))
  })
}

function addResume(program: Command, done: Done): void {
  const command = program
    .command('resume')
    .addHelpText('after', examplesOf('resume'))
    .description('end a pause by hand, and try at once what paused by itself')
    .option('--queue <name>', 'the pause of this queue')
    .option('--project <name>', 'the pause of this project')
    .option('--job <name>', 'send the rest of this job, whatever its first rows showed')
    .option('--all', 'the pause of everything in the store')
  withJson(withStore(command)).action(async (flags: PauseFlags) => {
    const { resume } = await import('./pause.js')
    done(await resume(flags))
  })
}

function addInit(program: Command, done: Done): void {
  withJson(program.command('init'))
    .addHelpText('after', examplesOf('init'))
    .description(
      'write a config file, example inputs and a prompt into this folder, and say what to type next',
    )
    .action(async (flags: InitFlags) => {
      const { init } = await import('./init.js')
      done(await init(flags))
    })
}

function addCompletion(program: Command, done: Done): void {
  withJson(program.command('completion'))
    .addHelpText('after', examplesOf('completion'))
    .description('print a script by which a shell completes commands and flags')
    .argument('<shell>', 'bash, zsh, fish or powershell')
    .action(async (shell: string, flags: CompletionFlags) => {
      const { completion } = await import('./completion.js')
      done(completion(shell, flags, program))
    })
}

function addDemo(program: Command, done: Done): void {
  withJson(program.command('demo'))
    .addHelpText('after', examplesOf('demo'))
    .description(
      'summarise the documents of installed packages against an emulator; no key, no network',
    )
    .action(async (flags: DemoFlags) => {
      const { demo } = await import('./demo.js')
      done(await demo(flags))
    })
}

function addEmulator(program: Command, done: Done): void {
  program
    .command('emulator')
    .description(
      'start an emulator of the Batches API on this machine (flags: halfrate emulator --help)',
    )
    .allowUnknownOption()
    .helpOption(false)
    .option('--json', 'an error as a JSON object; its start line is one anyway')
    .argument('[flags...]')
    .action(async (args: readonly string[], flags: EmulatorFlags) => {
      const { emulator } = await import('./emulator.js')
      done(await emulator(args, flags))
    })
}

function withSending(command: Command): Command {
  return withDeadline(command)
    .option('--dry-run', 'say what would be sent, with the first request, and keep nothing')
    .option('--count-tokens', 'ask Claude for the tokens of up to 200 prompts, for the estimate')
    .option('--limit <n>', 'only the first n rows; without it the same command sends the rest')
    .option('-y, --yes', 'send without asking')
    .option('--confirm-above <usd>', 'ask before more than that is sent (default: 10)')
    .option(
      '--max-cost <usd>',
      'cap of the job, retries included: what is under way is counted at its worst, and rows that don’t fit wait; stands until another is given, none takes it away',
    )
    .option(
      '--accept <what>',
      'answers that count as usable: cut_off, refused, empty, with commas between, or none (default: none, or what it was last)',
    )
    .option(
      '--key-tails <what>',
      'on or off: custom ids end in the keys of rows, so that halfrate salvage knows them without the store; Claude sees the keys then (default: off, or what it was last)',
    )
    .option('--detach', 'end with 0 when everything is at Claude, with the command that collects')
    .option('--notify <url>', 'tell this address of the end by one POST, as JSON')
    .option('--notify-format <format>', 'json, or slack for a text as Slack takes it')
}

function withRows(command: Command): Command {
  command
    .option('--prompt <file>', 'make a request of every row: {{column}} is replaced by its value')
    .option('--model <name>', 'the model, with --prompt')
    .option('--max-tokens <n>', 'most tokens of an answer, with --prompt')
    .option('--system <file>', 'a system prompt for every row, sent as it is')
    .option(
      '--attach <column>',
      'the column with the path of a PDF or picture, sent before the prompt of its row',
    )
  return withInput(command)
}

function withAbsence(command: Command): Command {
  return command.option(
    '--after-absence <what>',
    'after 10 min without a worker: send at once, or wait until every batch that was made meanwhile is known; for a restored store (default: send)',
  )
}

function withGrace(command: Command): Command {
  return command.option(
    '--grace <time>',
    'how long what is under way may end after Ctrl-C or SIGTERM, as 30s, 2m or 500ms (default: 60s)',
  )
}

function formatOption(): Option {
  return new Option(
    '--format <format>',
    'shape of the rows: halfrate (JSON Lines), anthropic for the lines that the provider gives, or csv (default: csv where the output ends in .csv, else halfrate)',
  )
}
