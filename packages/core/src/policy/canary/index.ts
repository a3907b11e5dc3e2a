// Canaries of jobs: the first few requests of a job go alone, and what they show decides about the rest.

export {
  type CanaryFinding,
  type CanaryState,
  type JobCanary,
  jobCanarySetting,
} from '../../model/job-canary.js'
export { CANARY_MOST_FAILED, type CanaryVerdict, judgeCanary } from './judge-canary.js'
