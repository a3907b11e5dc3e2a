import {
  type AfterAbsence,
  type Calendar,
  HOUR_MS,
  type ProjectId,
  type Store,
  type Transport,
} from '@halfrate/core'
import { Draw } from './chance/draw.js'
import { TraceDigest } from './chance/trace-digest.js'
import { FaultLog } from './faults/fault-log.js'
import { FaultWindows } from './faults/fault-windows.js'
import { Strikes } from './faults/strikes.js'
import { AlarmWatch } from './judge/alarm-watch.js'
import { BudgetWatch } from './judge/budget-watch.js'
import { DeliveryWatch } from './judge/delivery-watch.js'
import { EventWatch } from './judge/event-watch.js'
import { hearingOf } from './judge/hearing-of.js'
import { IntakeWatch } from './judge/intake-watch.js'
import { LedgerWatch } from './judge/ledger-watch.js'
import { ProjectJudge } from './judge/project-judge.js'
import { StepJudge } from './judge/step-judge.js'
import { StoreJudge } from './judge/store-judge.js'
import { SumJudge } from './judge/sum-judge.js'
import { type Hearing, TellingWatch } from './judge/telling-watch.js'
import { Violations } from './judge/violation.js'
import type { Plant, PlantReach } from './plants/plant.js'
import { handOver } from './process/hand-over.js'
import { type CallFault, type CallFaults, PortCalls } from './process/port-call.js'
import { simClock } from './process/sim-clock.js'
import { SimProcess } from './process/sim-process.js'
import { planWorkerFaults } from './process/worker-faults.js'
import { type WorkerHome, WorkerPool } from './process/worker-pool.js'
import { RequestBook } from './provider/request-book.js'
import { SimProvider } from './provider/sim-provider.js'
import { SimTransport } from './provider/sim-transport.js'
import { forgetLost } from './restore/forget-lost.js'
import type { Backup } from './restore/restorable-store.js'
import { Callers } from './scenario/callers.js'
import { Person } from './scenario/person.js'
import { LEDGER_PRICES } from './scenario/prices.js'
import { jobNamesOf, type Scenario, workloadsOf } from './scenario/scenario.js'
import { setLimits } from './scenario/set-limits.js'
import { subscribe } from './scenario/subscribe.js'
import { type OpenStore, openEmbedded, type StoreKind } from './store/open-store.js'
import { simStore } from './store/sim-store.js'
import { Scheduler } from './time/scheduler.js'
import { calendarOf } from './time/zoned-days.js'

/** What a simulation is made from. */
export interface SimulationOptions {
  readonly scenario: Scenario
  readonly storeKind: StoreKind
  /** What workers do after an absence. Default `send`. */
  readonly afterAbsence?: AfterAbsence
  /** Default: what the budgets of the scenario need. */
  readonly calendar?: Calendar | undefined
  /** Default: the stores that need no server. */
  readonly openStore?: OpenStore | undefined
  readonly plant?: Plant | null
  /** Faults that are left out: kinds, or single strikes as `crash#3`. */
  readonly without?: readonly string[]
  /** Keeps a line for every port call; for people who look at one seed. */
  readonly onTrace?: ((line: string) => void) | undefined
}

/** One world: a store, a provider, workers and callers on one virtual time, and those who watch them. */
export class Simulation {
  readonly scenario: Scenario
  readonly scheduler: Scheduler
  readonly log: FaultLog
  readonly strikes: Strikes
  readonly windows: FaultWindows
  readonly violations: Violations
  readonly book: RequestBook = new RequestBook()
  readonly provider: SimProvider
  readonly calls: PortCalls
  readonly digest: TraceDigest = new TraceDigest()
  readonly store: Store
  readonly stepJudge: StepJudge
  readonly storeJudge: StoreJudge
  readonly alarms: AlarmWatch
  readonly tellings: TellingWatch
  readonly deliveries: DeliveryWatch
  readonly events: EventWatch
  readonly projects: readonly ProjectId[]
  readonly projectJudge: ProjectJudge
  readonly budgets: BudgetWatch
  readonly pool: WorkerPool
  readonly #options: SimulationOptions
  readonly #draw: Draw
  readonly #callers: Callers
  #isHealing = false
  #fault: CallFault | null = null
  #person: SimProcess | null = null

  private constructor(options: SimulationOptions, scheduler: Scheduler, store: Store) {
    const { scenario } = options
    this.#options = options
    this.scenario = scenario
    this.scheduler = scheduler
    this.store = store
    this.#draw = new Draw(scenario.seed, 'world')
    const now = (): number => scheduler.now
    this.log = new FaultLog(now)
    this.violations = new Violations(now)
    this.strikes = new Strikes(scenario.plan.rates, options.without ?? [])
    this.windows = new FaultWindows({
      plan: scenario.plan,
      strikes: this.strikes,
      draw: new Draw(scenario.seed, 'windows'),
      ...{ log: this.log, from: scenario.startAt, chaosMs: scenario.chaosMs },
    })
    this.provider = this.#makeProvider()
    this.calls = new PortCalls(scheduler, (call) => this.#onCall(call))
    const { settings, budgets, scopeBudgets } = scenario
    const workloads = workloadsOf(scenario)
    const facts = new Map(workloads.flatMap((each) => [...each.facts]))
    this.projects = workloads.map(({ project }) => project)
    this.alarms = new AlarmWatch(this.violations)
    this.tellings = new TellingWatch(this.violations)
    this.deliveries = new DeliveryWatch(scenario.handlers?.queues ?? [], this.violations)
    this.events = new EventWatch(scenario.handlers?.queues ?? [], this.violations)
    const { book, violations, projects } = this
    const judging = { store, book, violations, projects }
    this.projectJudge = new ProjectJudge({ ...judging, jobNames: jobNamesOf(scenario) })
    const sums = new SumJudge(judging)
    this.storeJudge = new StoreJudge({ ...judging, sums, projects: this.projectJudge })
    this.budgets = new BudgetWatch({ ...judging, budgets, scopeBudgets, workloads })
    this.stepJudge = new StepJudge({
      ...{ store, settings, violations, events: this.events, now },
      intake: new IntakeWatch(book, facts, now),
      ledger: new LedgerWatch(this.provider.model.ledger, () => this.provider.now),
      onWrites: () => this.storeJudge.verify(),
      ...{ verifyEvery: scenario.verifyEvery, isAsked: scenario.person !== null },
    })
    this.#callers = this.#makeCallers()
    this.pool = this.#makePool()
  }

  /** Makes a world in which nothing has happened yet. */
  static async open(options: SimulationOptions): Promise<Simulation> {
    const { scenario, storeKind } = options
    const scheduler = new Scheduler(scenario.startAt, new Draw(scenario.seed, 'order'))
    const workers = scenario.workers === 1 ? ('one' as const) : ('many' as const)
    const { pageLimit } = scenario
    const { openStore = openEmbedded } = options
    const params = { kind: storeKind, now: () => scheduler.now, pageLimit, workers }
    const opened = await openStore(params)
    const { underWay } = opened
    if (underWay !== undefined) scheduler.waitFor(underWay)
    const store = options.plant?.data?.(opened.store) ?? opened.store
    await subscribe(store, scenario.handlers, scenario.startAt)
    await setLimits(store, scenario)
    return new Simulation(options, scheduler, store)
  }

  /** Whether every caller has put in what it had. */
  get isCallerDone(): boolean {
    return this.#callers.isDone
  }

  /** Starts callers and workers; from now on the given faults strike at calls. */
  start(faults: CallFaults | null): void {
    this.calls.faults = faults
    this.#callers.start()
    this.#startPerson(1)
    planWorkerFaults({
      scheduler: this.scheduler,
      pool: this.pool,
      strikes: this.strikes,
      sizes: this.scenario.plan.sizes,
      draw: new Draw(this.scenario.seed, 'workers'),
      log: this.log,
      busyMs: this.scenario.busyMs,
    })
    for (let count = 0; count < this.scenario.workers; count += 1) {
      this.scheduler.after(this.#draw.whole(0, 60_000) * count, () => this.pool.start(undefined))
    }
  }

  /** From now on nothing goes wrong any more. */
  heal(): void {
    this.#isHealing = true
    this.calls.faults = null
    this.strikes.heal()
    this.windows.heal()
    this.pool.thaw()
    this.#callers.thaw()
    this.#person?.thaw()
  }

  /**
   * Kills everybody, puts a backup back and lets workers start again after a while. Answers how many requests it has not.
   */
  async restore(awayMs: number, backup: Backup): Promise<number> {
    this.pool.leave(awayMs)
    this.#callers.restart()
    this.#person?.kill()
    await backup.putBack()
    this.stepJudge.restart()
    this.storeJudge.restart()
    this.budgets.restart()
    return await forgetLost(this.store, this.book, this.projects)
  }

  #makePool(): WorkerPool {
    const { scenario, scheduler, log, violations } = this
    const { plant, onTrace, afterAbsence, calendar = calendarOf(this.scenario) } = this.#options
    const { settings } = scenario
    return new WorkerPool({
      ...{ scheduler, draw: this.#draw, log, violations },
      settings: plant?.settings?.(settings) ?? settings,
      isAlone: scenario.workers === 1,
      skewMs: scenario.skewMs,
      ...{ restartMs: () => this.#restartMs(), afterAbsence, calendar },
      knowsDead: () => this.#draw.chance(scenario.knowsDead),
      storeFor: (process) => this.#storeFor(process),
      transportFor: (process) => this.#transportFor(process),
      clockFor: (clock) => plant?.clock?.(clock) ?? clock,
      handOver: (worker) => this.#handOver(worker),
      onEnd: ({ name }) => this.#forget(name),
      onEvent: (process, event) => {
        this.alarms.see(event)
        this.tellings.see(event)
        if (onTrace !== undefined) this.#trace(process.name, JSON.stringify(event))
      },
    })
  }

  #makeProvider(): SimProvider {
    const { scenario } = this
    return new SimProvider({
      scheduler: this.scheduler,
      draw: new Draw(scenario.seed, 'provider'),
      sizes: scenario.plan.sizes,
      strikes: this.strikes,
      windows: this.windows,
      losesStrangers: scenario.plan.breaks.includes('deleted'),
      log: this.log,
      book: this.book,
      prices: LEDGER_PRICES,
      turnaroundMs: scenario.turnaroundMs,
      ownUnusable: scenario.ownUnusable,
      poisonShare: scenario.poisonShare,
      onViolation: (invariant, message) => this.violations.add(invariant, message),
    })
  }

  #handOver(worker: WorkerHome): void {
    const { scenario, deliveries: watch, violations } = this
    const { handlers, seed } = scenario
    if (handlers === null) return
    const draw = new Draw(seed, `handlers of ${worker.process.name}`)
    const cut = new AbortController().signal
    const goesWrong = (): boolean => !this.#isHealing
    handOver({ ...worker, draw, handlers, watch, violations, goesWrong, cut })
  }

  #forget(processName: string): void {
    this.stepJudge.forget(processName)
    this.tellings.forget(processName, this.scheduler.now)
  }

  #makeCallers(): Callers {
    return new Callers({
      scheduler: this.scheduler,
      workloads: workloadsOf(this.scenario),
      book: this.book,
      budgets: this.scenario.budgets,
      startedAt: this.scenario.startAt,
      storeFor: (process) => this.#storeFor(process),
      restartMs: () => this.#restartMs(),
      onFailure: (error) => this.violations.add('caller', String(error)),
    })
  }

  // Whoever is asked begins anew to think about every question when their process was killed.
  #startPerson(number: number): void {
    const { scheduler, scenario, strikes, log } = this
    const { person: habits, seed } = scenario
    if (habits === null) return
    const process = new SimProcess(`person${number}`, scheduler, () =>
      scheduler.after(this.#restartMs(), () => this.#startPerson(number + 1)),
    )
    this.#person = process
    const clock = simClock({ process, scheduler, skewMs: 0, onSpin: () => undefined })
    const draw = new Draw(seed, `answers ${number}`)
    const store = this.#storeFor(process)
    new Person({ store, clock, habits, draw, strikes, log })
      .run()
      .catch((error: unknown) => this.violations.add('person', String(error)))
  }

  #storeFor(process: SimProcess): Store {
    const { plant } = this.#options
    const reach = this.#reachOf(process)
    const store = plant?.store?.(this.store, reach) ?? this.store
    const { calls, stepJudge, tellings } = this
    const hears = (): Hearing => hearingOf(process, this.#fault)
    const watcher = tellings.beside(stepJudge, { name: process.name, hears })
    const view = simStore({ process, calls, store, watcher, draw: this.#draw })
    return plant?.view?.(view, reach) ?? view
  }

  #transportFor(process: SimProcess): Transport {
    const { plant, scenario } = { plant: this.#options.plant, scenario: this.scenario }
    const transport = new SimTransport({
      process,
      calls: this.calls,
      provider: this.provider,
      sizes: scenario.plan.sizes,
      strikes: this.strikes,
      draw: this.#draw,
      log: this.log,
      listLimit: scenario.listLimit,
      settleMs: scenario.settings.settleMs,
      onSend: (moment, params) =>
        this.stepJudge.onSend(moment, params).then(() => this.budgets.onSend(moment, params)),
      projectOf: (nonce) => this.stepJudge.submissions.byNonce(nonce)?.project ?? null,
      onAccepted: (params, result) => this.stepJudge.onAccepted(params, result, process.name),
    })
    return plant?.transport?.(transport, this.#reachOf(process)) ?? transport
  }

  #reachOf(process: SimProcess): PlantReach {
    const { scenario, scheduler, stepJudge: judge } = this
    const clockNow = (): number => scheduler.now + scenario.skewMs + process.clockErrorMs
    return { process, judge, settings: scenario.settings, clockNow }
  }

  #restartMs(): number {
    if (this.#isHealing) return 5_000
    return Math.min(this.scenario.plan.sizes.restartMs * this.#draw.logUniform(0.3, 1), HOUR_MS)
  }

  // Whatever is done to a call is known just before it takes effect, and nothing comes in between.
  #onCall(call: Parameters<ConstructorParameters<typeof PortCalls>[1]>[0]): void {
    this.#fault = call.fault
    const fault = call.fault === null ? '' : ` ${JSON.stringify(call.fault)}`
    this.digest.add(this.scheduler.now, `${call.process.name} ${call.name}${fault}`)
    this.#trace(call.process.name, `${call.name}${fault}`)
  }

  #trace(who: string, what: string): void {
    const { onTrace } = this.#options
    if (onTrace === undefined) return
    onTrace(`${new Date(this.scheduler.now).toISOString()} ${who} ${what}`)
  }
}
