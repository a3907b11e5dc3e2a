// Loaded before a command: lets it take its three streams for a terminal of as many columns as AS_TERMINAL says. With
// ONE_STREAM both outputs are one, in the order in which they were written, as on a screen.
for (const stream of [process.stdin, process.stdout, process.stderr]) {
  Object.defineProperty(stream, 'isTTY', { value: true })
}
for (const stream of [process.stdout, process.stderr]) {
  Object.defineProperty(stream, 'columns', { value: Number(process.env.AS_TERMINAL) })
  Object.defineProperty(stream, 'rows', { value: 40 })
}
if (process.env.ONE_STREAM !== undefined) {
  process.stderr.write = (...args) => process.stdout.write(...args)
}
