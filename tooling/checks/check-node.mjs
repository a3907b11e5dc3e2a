// Stops with one clear line when the Node that runs is too old: better-sqlite3 would crash the process instead of throwing.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Halfrate needs Node 22.18 or newer; this is ${process.versions.node}. Run it through npm (npm test, npm run demo), which brings its own Node.`,
  )
  process.exit(1)
}
