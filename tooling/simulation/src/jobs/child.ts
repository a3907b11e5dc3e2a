import { doJob, type Job } from './job.js'

// A process that does one job after another for the one that forked it, and ends with it.
process.on('message', (job: Job) => {
  void doJob(job).then((result) => process.send?.(result))
})
// Killed from outside, the parent can't say so; a job would go on for minutes for nobody.
process.on('disconnect', () => process.exit(1))
