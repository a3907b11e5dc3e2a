/**
 * Halfrate, the half-price route for Claude: the command `halfrate`, and for programs its library, which is that of
 * `@halfrate/runtime`. It must never decide anything that core does not. Begin reading at {@link openHalfrate}.
 */

export {
  type FastClock,
  type Halfrate,
  type HalfrateOptions,
  openHalfrate,
} from '@halfrate/runtime'
