import type { Command } from 'commander'
import type { AdoptFlags } from './adopt.js'
import type { DecideFlags } from './decide.js'
import { examplesOf } from './help-text.js'
import { type Done, withInput, withJson, withProvider, withStore } from './options.js'
import type { RecoverFlags } from './recover.js'
import type { SalvageFlags } from './salvage.js'
import type { VerifyFlags } from './verify.js'

/** Adds the commands for when something went wrong: an answer was lost, a backup was put back, a store is gone. */
export function addRescueCommands(program: Command, done: Done): void {
  addDecide(program, done)
  addRecover(program, done)
  addAdopt(program, done)
  addSalvage(program, done)
  addVerify(program, done)
}

function addDecide(program: Command, done: Done): void {
  const command = program
    .command('decide')
    .addHelpText('after', examplesOf('decide'))
    .description('say what becomes of a batch whose answer was lost and that is not found')
    .argument('<batch>', 'its number, as status shows it')
    .argument('<what>', 'resend its rows, or fail them')
  withJson(withStore(command)).action(async (batch: string, what: string, flags: DecideFlags) => {
    const { decide } = await import('./decide.js')
    done(await decide(batch, what, flags))
  })
}

function addRecover(program: Command, done: Done): void {
  const command = program
    .command('recover')
    .addHelpText('after', examplesOf('recover'))
    .description('after a backup was put back: take in what its store lacks, then send again')
    .option('--json', 'JSON objects, one per line, instead of text')
  withProvider(withStore(command)).action(async (flags: RecoverFlags) => {
    const { recover } = await import('./recover.js')
    done(await recover(flags))
  })
}

function addAdopt(program: Command, done: Done): void {
  const command = program
    .command('adopt')
    .addHelpText('after', examplesOf('adopt'))
    .description(
      'take in an ended batch that was made elsewhere, as a job with its results and cost',
    )
    .argument('<batch>', 'its id, msgbatch_…')
    .option('--job <name>', 'name of the job that its rows go to (default: its id)')
  withJson(withProvider(withStore(command))).action(async (batch: string, flags: AdoptFlags) => {
    const { adopt } = await import('./adopt.js')
    done(await adopt(batch, flags))
  })
}

function addSalvage(program: Command, done: Done): void {
  const command = program
    .command('salvage')
    .addHelpText('after', examplesOf('salvage'))
    .description(
      'after a store was lost, without a backup: write what Claude still has of its results',
    )
    .option('-o, --output <file>', 'where the rows go, as JSON Lines; - is standard output', '-')
    .option('--batch <ids...>', 'only these batches, msgbatch_… (default: all of the workspace)')
    .option(
      '--since <when>',
      'only batches made since then: 3d or 12h ago, 2026-11-20, or an instant with its zone',
    )
    .option(
      '--input <files...>',
      'what the store had taken in, to find keys that an id has only a part of: requests, rows, or documents by a pattern',
    )
  withInput(command).option(
    '--json',
    'one JSON object of what was found; on standard error beside rows',
  )
  withProvider(command).action(async (flags: SalvageFlags) => {
    const { salvage } = await import('./salvage.js')
    done(await salvage(flags))
  })
}

function addVerify(program: Command, done: Done): void {
  const command = program
    .command('verify')
    .addHelpText('after', examplesOf('verify'))
    .description('check that everything in a store is consistent')
    .option('--json', 'JSON objects, one per line, instead of text')
  withStore(command).action(async (flags: VerifyFlags) => {
    const { verify } = await import('./verify.js')
    done(await verify(flags))
  })
}
