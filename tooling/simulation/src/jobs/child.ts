import { SimulationStores } from '../store/postgres-stores.js'
import { doJob, type Job } from './job.js'

// A process that does one job after another for the one that forked it, and ends with it. It is told the server, if one
// is needed, and the name of its own database there.
const [serverUrl = '', name = ''] = process.argv.slice(2)
const stores = new SimulationStores(serverUrl === '' ? null : serverUrl, name)

process.on('message', (job: Job) => {
  void doJob(job, stores.open).then((result) => process.send?.(result))
})
// Killed from outside, the parent can't say so; a job would go on for minutes for nobody.
process.on('disconnect', () => process.exit(1))
