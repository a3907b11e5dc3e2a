declare const brand: unique symbol

/** A primitive that carries the name of what it identifies, so that one id can't be passed for another. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/**
 * Identifies one request in a store: an ascending integer below 2^53, given out by the store.
 *
 * Order of ids is order of intake, which is why batches are filled by id.
 */
export type RequestId = Brand<number, 'RequestId'>

/** Identifies one submission in a store. Shares its number range with {@link RequestId}. */
export type SubmissionId = Brand<number, 'SubmissionId'>

/** Identifies one job in a store. Shares its number range with {@link RequestId}. */
export type JobId = Brand<number, 'JobId'>

/** Identifies one delivery in a store; one that is gone never comes back under its number. */
export type DeliveryId = Brand<number, 'DeliveryId'>

/** Whose work it is. 1 to 64 characters of `[A-Za-z0-9_.-]`. */
export type ProjectId = Brand<string, 'ProjectId'>

/** Which provider workspace and key pays. 1 to 64 characters of `[A-Za-z0-9_.-]`. */
export type AccountId = Brand<string, 'AccountId'>

/** Names a workload and its policy. 1 to 64 characters of `[A-Za-z0-9_.-]`. */
export type QueueName = Brand<string, 'QueueName'>

/** 13 characters of Crockford base32 (65 bits), new for every submission: what its rows bear on the wire. */
export type Nonce = Brand<string, 'Nonce'>

/** Names one worker process for as long as it lives. */
export type WorkerId = Brand<string, 'WorkerId'>

/** The provider's id of a batch, `msgbatch_…`. Its form may change; never parsed. */
export type RemoteId = Brand<string, 'RemoteId'>

/** The project that work belongs to when none is named. */
export const DEFAULT_PROJECT: ProjectId = 'default' as ProjectId

/** The account that pays when none is named. */
export const DEFAULT_ACCOUNT: AccountId = 'default' as AccountId

/** The queue that takes requests when none is named. */
export const DEFAULT_QUEUE: QueueName = 'default' as QueueName

/** The queue of jobs that name none, those of `halfrate run` among them. Unless a policy says otherwise it sends at once. */
export const RUN_QUEUE: QueueName = 'run' as QueueName
