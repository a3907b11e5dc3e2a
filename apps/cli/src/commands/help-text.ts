/** What the help of the program says below its commands. */
export const PROGRAM_HELP = `
The main job, from requests to answers:
  halfrate run requests.jsonl -o results.jsonl

A line of requests.jsonl:
  {"key": "claim-1", "params": {"model": "claude-haiku-4-5", "max_tokens": 256,
   "messages": [{"role": "user", "content": "…"}]}}        (on one line)

Environment:
  ANTHROPIC_API_KEY    the key that requests are sent and paid with (run, work)
  ANTHROPIC_ADMIN_KEY  an admin's key, for the provider's reports (costs --reconcile, audit admin:…)
  ANTHROPIC_BASE_URL   where the API is, when --base-url does not say
  NO_COLOR             no colours

Settings: halfrate.config.json or halfrate.config.ts in this folder, with the names of flags
  (maxTokens for --max-tokens). Flags come before the environment, the environment before the file.
  halfrate init writes one; halfrate doctor tells what it gives; halfrate apply sets its queues.

Exit codes: 0 every row has a usable answer; 2 some have not; 1 it could not work; 130 interrupted.
The same command again goes on where it stopped.`

const EXAMPLES = {
  run: `
Examples:
  halfrate run requests.jsonl -o results.jsonl
  halfrate run requests.jsonl -o - --json > rows.jsonl 2> progress.jsonl
  halfrate run requests.jsonl -o results.jsonl --dry-run    what it would send, and what that costs
  halfrate run requests.jsonl -o results.jsonl --limit 10   the first ten; later all, without it
  halfrate run requests.jsonl -o results.jsonl --yes        from a script, whatever it costs
  halfrate run requests.jsonl -o results.jsonl --changed    after lines were edited
  zcat requests.jsonl.gz | halfrate run - -o results.jsonl

Rows and documents, each with the same prompt, in which {{column}} is replaced by the row's value:
  halfrate run claims.csv --prompt triage.txt --model claude-haiku-4-5 --max-tokens 512 -o triage.csv
  halfrate run claims.jsonl --prompt triage.txt --model claude-haiku-4-5 --max-tokens 512 -o triage.jsonl
  halfrate run 'docs/**/*.md' --prompt summarise.txt --model claude-haiku-4-5 --max-tokens 512 -o sums.csv
  halfrate run 'scans/*.pdf' --prompt ask.txt --model claude-haiku-4-5 --max-tokens 512 -o scans.csv
A document has {{text}}, {{path}} and {{name}}. Two braces that mean themselves are written {{{{.

The same command again goes on where it stopped, and sends only what is new. Ctrl-C or SIGTERM lets what
is under way end within --grace; a second one cuts it off, which loses nothing.
Exit codes: 0 every row has a usable answer; 2 some have not; 1 it could not work; 130 interrupted.
It needs ANTHROPIC_API_KEY.`,
  work: `
Examples:
  halfrate work                                             until Ctrl-C or SIGTERM
  */10 * * * *  cd ~/claims && halfrate work --once        in a crontab

Ctrl-C or SIGTERM: nothing new is begun, what is under way may end within --grace, its place and its
batches are left to other workers at once. A second one cuts off what is under way, which loses nothing.
Exit codes: 0 stopped, or did what was due; 1 it could not work; 130 stopped at once.
It needs ANTHROPIC_API_KEY.`,
  status: `
Examples:
  halfrate status
  halfrate status --store claims/halfrate.db --json`,
  costs: `
Examples:
  halfrate costs                                            by model, since the beginning
  halfrate costs --by day --month 2026-11
  halfrate costs --by label:feature,model --since 30d --format csv > november.csv
  halfrate costs --reconcile --since 7d                     beside the provider's reports, with what differs and why

It asks the store alone. --reconcile needs ANTHROPIC_ADMIN_KEY, an admin's key, for the provider's reports, and takes
ANTHROPIC_API_KEY to tell what other programs of the workspace sent.
Exit codes: 0 done; 2 --reconcile left a difference unexplained; 1 it could not work.`,
  results: `
Examples:
  halfrate results --so-far -o so-far.jsonl
  halfrate results --job claims | jq -r .text
  halfrate results --queue triage --since 1d -o since-yesterday.jsonl
  halfrate results --queue triage --after start -o first.jsonl

A queue never ends: its answers are those that are there, and what is not done yet is counted. With --after
the last line, or "after" with --json, has the cursor for the next time; what was done in the last 5
minutes comes then.
Exit codes: 0 every row has a usable answer; 2 some have not, or not yet; 1 it could not work.`,
  why: `
Examples:
  halfrate why claim-8812
  halfrate why claim-8812 --job claims
  halfrate why ticket-17 --queue triage`,
  doctor: `
Examples:
  halfrate doctor
  halfrate doctor --store claims/halfrate.db --json

It asks the provider for its newest batches, which costs nothing, and changes nothing anywhere.
Exit codes: 0 nothing stops the work; 1 something does.`,
  pause: `
Examples:
  halfrate pause --note "waiting for the new prompt"
  halfrate pause --all --note "too dear"
  halfrate pause --queue run

Without a flag it holds what the default account pays for; each pause ends with the resume of the same flag.`,
  resume: `
Examples:
  halfrate resume
  halfrate resume --all
  halfrate resume --queue run
  halfrate resume --job claims

After a key was changed or a limit was raised it saves the wait for the next try.`,
  queues: `
Examples:
  halfrate queues
  halfrate queues set triage --flush-count 1000 --flush-age 30m --max-failures 5
  halfrate queues pause triage --note "waiting for the new prompt"
  halfrate queues flush triage                              what waits goes with the next batch`,
  queuesSet: `
Examples:
  halfrate queues set triage --flush-count 1000 --flush-age 30m
  halfrate queues set nightly --flush-schedule "0 2 * * *" --flush-time-zone Europe/Berlin
  halfrate queues set claims --on-lost-answer ask --max-failures 5`,
  budgets: `
Examples:
  halfrate budgets
  halfrate budgets --json | jq '.budgets[] | {project, queue, period, left_usd}'

A request counts at the most that it can cost until its batch is collected, and at what it did cost
from then on. A batch is of the day and month in which it was made.`,
  budgetsSet: `
Examples:
  halfrate budgets set --month 500 --time-zone Europe/Berlin
  halfrate budgets set --queue triage --day 20 --warn-at 50,80
  halfrate budgets set --queue triage --day none
  halfrate budgets set --project acme --month 100

What does not fit waits, in its order, until the period ends or a cap is raised. What is at Claude
already is not called back.`,
  budgetsRemove: `
Example:
  halfrate budgets remove --queue triage`,
  limits: `
Examples:
  halfrate limits
  halfrate limits set --enqueued 200000

With a limit, batches are no larger than there is room for, and room is shared by projects and
queues: whoever wants more than its part gets what the others leave.`,
  limitsSet: `
Examples:
  halfrate limits set --enqueued 200000
  halfrate limits set --enqueued ask        asks the Admin API, with ANTHROPIC_ADMIN_KEY
  halfrate limits set --enqueued none`,
  queuesPause: `
Examples:
  halfrate queues pause triage --note "waiting for the new prompt"
  halfrate queues pause triage --json

What waits stays and can be canceled; what is at Claude is fetched all the same.`,
  queuesResume: `
Example:
  halfrate queues resume triage`,
  queuesFlush: `
Example:
  halfrate queues flush triage

It asks; whoever runs halfrate work sends it.`,
  apply: `
Examples:
  halfrate apply --check                                    in a check before a deployment
  halfrate apply                                            with the deployment

halfrate.config.json or halfrate.config.ts in this folder declares queues:
  queues: { triage: { flushAge: '30m', maxFailures: 5 } }
What a queue leaves out has its default, whatever halfrate queues set said. A queue that the file does
not name is told and stays as it is. Nothing is sent by it; a store that is not there is made.
Exit codes: 0 done, or nothing differs; 1 something differs (--check), or it could not work.`,
  prices: `
Examples:
  halfrate prices
  halfrate prices --all --json
  halfrate prices check prices.json
  halfrate prices diff prices.json

With "prices": "prices.json" in halfrate.config.json every command in this folder books by that file first
and by the built-in prices for models that it does not name.`,
  pricesCheck: `
Example:
  halfrate prices check prices.json

Exit codes: 0 it can be used; 2 it can't; 1 it could not be read.`,
  pricesDiff: `
Examples:
  halfrate prices diff prices.json
  halfrate prices diff prices.json --at 2026-12-01 --json`,
  reprice: `
Examples:
  halfrate reprice --dry-run
  halfrate reprice

After halfrate.config.json got a price file, or a newer version knows more prices. Each answer is priced by
the day on which its batch was made; a cost that is known stays. It asks nobody, and workers may go on.
Exit codes: 0 every answer has a price; 2 some have none; 1 it could not work.`,
  enqueue: `
Examples:
  halfrate enqueue requests.jsonl --queue triage
  tail -n 100 requests.jsonl | halfrate enqueue - --queue triage
  halfrate enqueue urgent.jsonl --queue desk --route realtime      for what somebody waits for

All lines are checked before the first is stored. The same line again changes nothing. They are sent as
the queue's policy says (halfrate queues) by whoever runs halfrate work; halfrate why KEY --queue NAME
tells how one of them is.
Exit codes: 0 all are there; 2 some keys have other params; 1 it could not work.`,
  queuesRollout: `
Examples:
  halfrate queues set triage --batch-percent 10
  halfrate queues rollout triage --within 6h
  halfrate queues rollout triage --since 3d --json

Which request goes in a batch is by its key alone. It reads the answers of the queue and changes nothing.
Exit codes: 0 shown; 2 the next step is not safe; 1 it could not work.`,
  route: `
Examples:
  halfrate route claims.jsonl --queue claims --by 06:00 --time-zone Europe/Berlin
  halfrate route urgent.jsonl --queue desk --waiting --json

Nothing is stored, and nobody is asked: it goes by the prices and by how long your batches took.
Exit codes: 0 every request is likely in time; 2 some are not; 1 it could not work.`,
  retry: `
Examples:
  halfrate retry claim-8812 claim-9001 --job claims
  halfrate retry --cut-off --max-tokens 1024
  halfrate retry --code overloaded_error,expired --job claims --dry-run

Each gets a new request under its key; the older one stays, and halfrate why tells of it. Asking costs
nothing: they are sent by halfrate work, or by the same halfrate run again.
Exit codes: 0 done; 2 some of the keys could not be; 1 it could not work.`,
  cancel: `
Examples:
  halfrate cancel claim-8812 claim-8813 --job claims
  halfrate cancel --job claims --all
  halfrate cancel --queue triage --all                      jobs in this queue too

Who is at Claude already may still be answered, which is paid and kept.`,
  audit: `
Examples:
  halfrate audit usage.jsonl
  halfrate audit usage.csv --map model=model_name,input_tokens=in,output_tokens=out,feature=team
  halfrate audit usage-report.json --html audit.html        of the Admin API, grouped by model
  halfrate audit admin:usage --since 14d                    asks the Admin API itself
  zcat logs/*.gz | halfrate audit - --time-zone Europe/Berlin --revenue 100000 --cogs 20000

A line of a log, of which only model and tokens (or cost_usd) are needed:
  {"at": "2026-11-21T14:03:07Z", "feature": "claim-triage", "awaited": false,
   "model": "claude-haiku-4-5", "usage": {…}, "latency_ms": 1840}        (on one line)
It reads files and nothing else, unless asked for admin:usage or admin:cost, which need ANTHROPIC_ADMIN_KEY, an admin's
key. Rows that can't be read are counted and named.
Exit codes: 0 done; 2 some rows could not be read; 1 it could not work.`,
  decide: `
Examples:
  halfrate decide 1836042379886592 resend    its rows wait again and go into the next batch
  halfrate decide 1836042379886592 fail      its rows end as possibly paid; nothing is sent twice

Asked for by --on-lost-answer ask, and for what a restored backup was sending.
Exit codes: 0 decided; 1 it could not be.`,
  recover: `
Example:
  halfrate recover

Sending stops until every batch that Claude has and that was made before now is known: those of
this store are taken in with their results and costs. It can be interrupted; halfrate work, or the
same command, goes on.
Exit codes: 0 recovered; 1 it could not work; 130 interrupted.
It needs ANTHROPIC_API_KEY.`,
  adopt: `
Examples:
  halfrate adopt msgbatch_0162JzNA7XmFXMTLCNaBMMjU
  halfrate adopt msgbatch_0162JzNA7XmFXMTLCNaBMMjU --job spring

Its rows get its custom ids as keys; halfrate work fetches them, halfrate results writes them.
Exit codes: 0 adopted, or known already; 1 it could not be.
It needs ANTHROPIC_API_KEY.`,
  salvage: `
Examples:
  halfrate salvage -o salvaged.jsonl
  halfrate salvage -o salvaged.jsonl --input requests.jsonl
  halfrate salvage -o salvaged.jsonl --since 3d
  halfrate salvage -o one.jsonl --batch msgbatch_0162JzNA7XmFXMTLCNaBMMjU

With a backup of the store use halfrate recover, and where the store is still there halfrate results:
both know every key. This needs no store, only ANTHROPIC_API_KEY. It looks through the batches of the
workspace and fetches the results of those whose ids Halfrate made, whichever store it was. Nothing is
sent, canceled, deleted or paid. The same command again begins anew and writes the same rows, and
those of batches that have ended meanwhile.
Exit codes: 0 all that was found has a usable answer; 2 some has not, or can't be had, or not yet;
1 it could not work; 130 interrupted, with nothing written.`,
  verify: `
Examples:
  halfrate verify
  halfrate verify --store claims/halfrate.db --json

Exit codes: 0 everything holds; 2 something does not; 1 it could not work.`,
  init: `
Example:
  halfrate init

Files that are there already stay as they are.`,
  completion: `
Examples:
  source <(halfrate completion bash)                         in ~/.bashrc
  source <(halfrate completion zsh)                          in ~/.zshrc, after compinit
  halfrate completion fish > ~/.config/fish/completions/halfrate.fish
  halfrate completion powershell | Out-String | Invoke-Expression`,
  demo: `
Example:
  halfrate demo

It writes requests.jsonl, results.jsonl and halfrate.db into ./demo. Nothing is sent to Claude or paid.`,
} as const

/** Examples and exit codes of a command, for the end of its help. */
export function examplesOf(command: keyof typeof EXAMPLES): string {
  return EXAMPLES[command]
}
