import type { IForbiddenRuleType } from 'dependency-cruiser'

/**
 * One room of the house and what its files may import from the other rooms.
 *
 * A path is how the paths of its files begin, seen from the root; `*` stands for the rest of a folder's name. A room may always
 * import itself.
 */
export interface Room {
  /** What the room is called in a report; the rule is `wall-` and this. */
  name: string
  /** Where its files are. */
  path: string
  /** Start of the paths of ours that it may import besides its own. */
  mayImport: readonly string[]
}

const MODEL = 'packages/core/src/model/'
const POLICY = 'packages/core/src/policy/'
const PORTS = 'packages/core/src/ports/'
const ENGINE = 'packages/core/src/engine/'
const MEMORY = 'packages/core/src/memory/'
const ERRORS = 'packages/core/src/errors'
const CORE = 'packages/core/src/'
const STORE_SQL = 'packages/store-sql/src/'
const ADAPTERS = ['packages/store-*/src/', 'packages/transport-*/src/', 'packages/sink-*/src/']
const PUBLIC = [
  CORE,
  ...ADAPTERS,
  'packages/emulator/src/',
  'packages/client/src/',
  'packages/runtime/src/',
]

/**
 * Who may import whom. Arrows point inward: apps → runtime → adapters → core/engine → core/ports, core/policy → core/model.
 *
 * Every source file of ours must be in one of these rooms, so a new folder is a decision that is written down here. Where two
 * rooms fit a file, the earlier one holds it.
 */
export const ROOMS: readonly Room[] = [
  { name: 'core-model', path: MODEL, mayImport: [] },
  { name: 'core-errors', path: ERRORS, mayImport: [MODEL] },
  { name: 'core-policy', path: POLICY, mayImport: [MODEL, ERRORS] },
  { name: 'core-ports', path: PORTS, mayImport: [MODEL] },
  { name: 'core-engine', path: ENGINE, mayImport: [MODEL, POLICY, PORTS, ERRORS] },
  {
    name: 'core-memory',
    path: MEMORY,
    // The decisions that every store makes alike; see docs/decisions/0003.
    mayImport: [
      MODEL,
      PORTS,
      ERRORS,
      ...[
        'transition',
        'evidence',
        'poll-effect',
        'settlement',
        'release',
        'pausing',
        'retrying',
        'delivering',
        'hedging',
        'budget',
        'money/cost-',
      ].map((decision) => `${POLICY}${decision}`),
    ],
  },
  { name: 'core-system', path: 'packages/core/src/system', mayImport: [MODEL, PORTS, ERRORS] },
  { name: 'core-index', path: 'packages/core/src/index', mayImport: [CORE] },
  // The suite depends on core and never the reverse, in tests too: turbo builds dependencies first.
  { name: 'core-tests', path: 'packages/core/test/', mayImport: [CORE] },
  { name: 'conformance', path: 'packages/conformance/', mayImport: [CORE] },
  { name: 'store-sql', path: STORE_SQL, mayImport: [CORE] },
  { name: 'stores', path: 'packages/store-*/src/', mayImport: [CORE, STORE_SQL] },
  { name: 'transports', path: 'packages/transport-*/src/', mayImport: [CORE] },
  { name: 'sinks', path: 'packages/sink-*/src/', mayImport: [CORE] },
  { name: 'emulator', path: 'packages/emulator/', mayImport: [] },
  { name: 'client', path: 'packages/client/src/', mayImport: [CORE] },
  { name: 'runtime', path: 'packages/runtime/src/', mayImport: [CORE, ...ADAPTERS] },
  { name: 'apps', path: 'apps/*/src/', mayImport: PUBLIC },
  { name: 'checks', path: 'tooling/checks/', mayImport: [] },
  {
    name: 'simulation',
    path: 'tooling/simulation/src/',
    mayImport: [...PUBLIC, 'packages/conformance/src/', 'tooling/postgres/src/'],
  },
  { name: 'postgres-server', path: 'tooling/postgres/src/', mayImport: [] },
  { name: 'bench', path: 'tooling/bench/src/', mayImport: [...PUBLIC, 'tooling/postgres/src/'] },
  // It has tarballs to look at, as a user has, and imports nothing of ours.
  { name: 'pack', path: 'tooling/pack/', mayImport: [] },
  // Written as from outside: what its users have, and nothing else of ours.
  { name: 'own-store', path: 'examples/own-store/src/', mayImport: [CORE] },
  {
    name: 'own-store-tests',
    path: 'examples/own-store/test/',
    mayImport: [CORE, 'packages/conformance/src/', 'examples/own-store/src/'],
  },
]

const OURS = '^(packages|apps|tooling|examples)/'
const SOURCE = `${OURS}[^/]+/src/`
// A package as it looks once resolved, and as it looks when it cannot be.
const packagePath = (name: string): string => `(^|/node_modules/)${name}(/|$)`

/** The walls that are the same for many rooms, as rules of dependency-cruiser. */
export const HOUSE_RULES: readonly (IForbiddenRuleType & { name: string; comment: string })[] = [
  {
    name: 'core-only-zod',
    comment: 'core has one dependency, zod; what else it needs comes in through a port.',
    from: { path: '^packages/core/src/' },
    to: { pathNot: [OURS, packagePath('zod')], dependencyTypesNot: ['core'] },
  },
  {
    name: 'core-no-node-builtins',
    comment: 'core runs anywhere; files, sockets, clocks and hashes come in through a port.',
    from: { path: '^packages/core/src/' },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'ports-import-types-only',
    comment: 'a port is an interface: it names the model and runs nothing of it.',
    from: { path: '^packages/core/src/ports/' },
    to: { path: '^packages/core/src/model/', dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'store-sql-only-kysely',
    comment: 'what both databases share knows neither of them: core and kysely only.',
    from: { path: '^packages/store-sql/src/' },
    to: { pathNot: [OURS, packagePath('kysely')], dependencyTypesNot: ['core'] },
  },
  {
    name: 'drivers-only-in-stores',
    comment:
      'a database driver is imported by its own store and by the server of our tests, and measured by the bench.',
    from: { path: SOURCE, pathNot: '^(packages/store-[^/]+|tooling/bench|tooling/postgres)/' },
    to: { path: ['better-sqlite3', 'pg', '(node:)?sqlite'].map(packagePath) },
  },
  {
    name: 'no-deep-imports',
    comment: 'another package is imported by a name of its `exports`, never by a file inside it.',
    from: { path: `${OURS}([^/]+)/` },
    to: { path: '^(@halfrate/[^/]+|halfrate)/.' },
  },
  {
    name: 'no-relative-imports-across-packages',
    comment: 'another package is imported by its name, never by the way to its folder.',
    from: { path: '^((?:packages|apps|tooling|examples)/[^/]+)/' },
    to: { path: OURS, pathNot: '^$1/', dependencyTypesNot: ['aliased'] },
  },
  {
    name: 'no-cycles',
    comment:
      'files that import each other in a ring are one idea in two files, or two ideas in one.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'sources-never-import-tests',
    comment: 'what is published must not need what is not.',
    from: { path: SOURCE },
    to: { path: [`${OURS}[^/]+/test/`, '\\.test\\.ts$'] },
  },
  {
    name: 'vitest-only-in-conformance',
    comment: 'the conformance suites are the only sources that register tests.',
    from: { path: SOURCE, pathNot: '^packages/conformance/' },
    to: { path: packagePath('(vitest|@vitest/[^/]+)') },
  },
  {
    name: 'no-dev-dependencies-in-published-sources',
    comment: 'a user who installs the package does not get its devDependencies.',
    from: { path: '^(packages|apps)/[^/]+/src/' },
    to: {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional'],
      pathNot: packagePath('(vitest|@vitest/[^/]+)'),
    },
  },
  {
    name: 'no-unresolvable-imports',
    comment: 'an import that leads nowhere would slip past every other wall.',
    from: {},
    to: { couldNotResolve: true, pathNot: '^(@halfrate/|halfrate/)' },
  },
]
