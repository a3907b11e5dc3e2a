import type { Request, RequestState, Submission, SubmissionState } from '@halfrate/core'
import {
  type AccountId,
  type JobId,
  type ProjectId,
  projectScope,
  type QueueName,
  queueResource,
} from '@halfrate/core'

/*
 * The key layout. Every key begins with the namespace and a colon; parts that callers choose are written as JSON.
 *
 * Records: a stamp, a line feed, and what they hold. A write compares the stamps of all that it has read.
 *   request:<id>  submission:<id>  job:<id>  attempt:<submission>:<ordinal>   JSON; the stamp is a version from 1
 *   setting:[scope,name]                                                      JSON; the stamp is its version
 *   delivery:<id>                                                             JSON; the stamp is a version from 1
 *   blob:[project,hash]                                                       JSON; the stamp is a version from 1
 *   lease:<resource>                       expiry and worker; the stamp is the epoch, which a renewal keeps
 *   key:[job,key]  key:[project,queue,key]  job-name:[project,name]  nonce:<nonce>  remote:[account,batch]
 *   prefix-of:[project,hash]               pointers; the stamp is the id that they point to
 *
 * Bytes: body:<request>  prefix:<id>  result:<id>  piece:[project,hash,number]   plain strings
 *
 * Sorted sets, each derived from one record:
 *   requests  submissions  jobs            all ids
 *   accepted:<project>:<state>  job-accepted:<job>:<state>                    requests of committed parts, by id
 *   wire:<queue> <group>                   plannable requests in wire order, with all that planning asks for
 *   age:<queue> <group>                    the same by id, with size, age and due time
 *   later:<queue> <group>  later:<queue>   those that were told to wait, by the instant at which they are due
 *   superseded                             requests that an accepted one took the place of, to be canceled
 *   submissions:<state>  schedule  filling:<queue>  reclaiming:<queue>
 *   batches:<queue>                        submissions that are not over, by id, with their state and count of requests
 *   queues:[scope]                         names of a project's queues; the score is 1 where something stays for good
 *   live:<submission>  given-up:<submission>                                  ordinals of attempts
 *   jobs-committed  open-parts             jobs to be done; parts that are filled, by when they were touched
 *   put:<listing>  listing:<listing>       what a part brought; what its input lists, by row
 *   leases                                 by expiry
 *   deliveries  due:<queue>                all deliveries; those of a queue, by when they are due
 *
 * Others: ids (counter), format, unpublished (jobs whose commit is not yet seen in every index), commits (stamp of the
 *   newest commit that had to be brought there by page), groups:<queue> (set),
 *   delivering (set of queues that had deliveries), turns (queues by the epoch of their newest claim),
 *   foreign:<account> (set), quarantine:<batch> (hash by bytes).
 */

/** The names of all keys of one store. */
export class Keys {
  /** What every key begins with. */
  readonly root: string

  constructor(namespace: string) {
    this.root = `${namespace}:`
  }

  /** A key that is named by its kind alone, or by a number or a plain text. */
  of(kind: string, part?: number | string): string {
    return part === undefined ? `${this.root}${kind}` : `${this.root}${kind}:${part}`
  }

  /** A key that is named by texts which callers choose. */
  ofTexts(kind: string, ...parts: readonly (string | number)[]): string {
    return `${this.root}${kind}:${JSON.stringify(parts)}`
  }

  /** A file of a project, by its hash in hex. */
  blob(project: ProjectId, hash: string): string {
    return this.ofTexts('blob', project, hash)
  }

  /** A piece of it. */
  blobPiece(project: ProjectId, hash: string, piece: number): string {
    return this.ofTexts('piece', project, hash, piece)
  }

  /** The accepted requests of a project that are in a state. */
  accepted(project: ProjectId, state: RequestState): string {
    return this.of('accepted', `${project}:${state}`)
  }

  /** The accepted requests of a job that are in a state. */
  jobAccepted(jobId: JobId, state: RequestState): string {
    return this.of('job-accepted', `${jobId}:${state}`)
  }

  /** The submissions in a state. */
  inState(state: SubmissionState): string {
    return this.of('submissions', state)
  }

  /** One of the three orders of a group of waiting requests. */
  group(order: 'wire' | 'age' | 'later', resource: string, group: string): string {
    return this.of(order, `${resource} ${group}`)
  }

  /** The names of the queues of a project. */
  queues(project: ProjectId): string {
    return this.ofTexts('queues', projectScope(project))
  }

  /** The command that names a queue for good, since it leaves something behind. */
  namesQueue({ project, queue }: { project: ProjectId; queue: QueueName }): readonly string[] {
    return ['ZADD', this.queues(project), 'GT', '1', queue]
  }

  /** The place of a caller's key. */
  key(scope: { jobId: JobId } | { project: ProjectId; queue: string }, key: string): string {
    return 'jobId' in scope
      ? this.ofTexts('key', scope.jobId, key)
      : this.ofTexts('key', scope.project, scope.queue, key)
  }

  /** Where the submission of a batch is found. */
  remote(account: AccountId, remoteId: string): string {
    return this.ofTexts('remote', account, remoteId)
  }
}

/** The lease resource of the queue that something belongs to; also part of the keys of its orders. */
export function resourceOf(of: Pick<Request | Submission, 'project' | 'queue'>): string {
  return queueResource(of.project, of.queue)
}

/** Names the requests that may share batches. */
export function groupOf(of: Pick<Request, 'account' | 'lane' | 'batchLimit'>): string {
  return JSON.stringify([of.account, of.lane, of.batchLimit])
}
