// Loaded before a command: kills it as soon as its standard error has said what DIE_SAYING is a pattern of. A test that
// reads what was said and kills then may come too late, when the command goes on meanwhile.
const pattern = new RegExp(process.env.DIE_SAYING ?? '', 'm')
const write = process.stderr.write.bind(process.stderr)
let said = ''

process.stderr.write = (...args) => {
  const isTaken = write(...args)
  said += args[0]
  if (pattern.test(said)) process.kill(process.pid, 'SIGKILL')
  return isTaken
}
