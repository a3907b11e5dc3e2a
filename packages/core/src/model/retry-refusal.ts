/**
 * Why a request can't be sent again by hand.
 *
 * `not_done`: it is under way. `succeeded`: its answer stands. `replaced`: a newer request has its key. `no_params`: it came
 * from a batch that was made elsewhere, and nobody knows what it asked. `unknown`: there is none.
 */
export type RetryRefusal = 'not_done' | 'succeeded' | 'replaced' | 'no_params' | 'unknown'
