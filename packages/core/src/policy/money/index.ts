/**
 * The money of Halfrate: what requests are held for, likely cost, and did cost, by dated prices. All of it is pure; amounts
 * are whole nano-dollars.
 */

export type {
  AnswerUse,
  CostPlace,
  CostRoute,
  CostRow,
  CostsPage,
  CostsQuery,
} from '../../model/cost-row.js'
export {
  type AnswerHistory,
  type LearnedAnswer,
  learnedAnswer,
  learnFrom,
  NO_HISTORY,
  queueAnswersSetting,
  readHistories,
  readHistory,
  withLoose,
} from './answer-history.js'
export { type CostFacts, costOf, type Route, savedOf } from './cost.js'
export { costInRealTime } from './cost-in-real-time.js'
export {
  COST_SUBMISSIONS,
  type CostPlaces,
  costPlaces,
  type PlacedSubmission,
} from './cost-places.js'
export { billedAt, type CostParts, costRowOf, isCost } from './cost-row-of.js'
export { type CostSums, costSums } from './cost-sums.js'
export {
  type CostDimension,
  type CostGroup,
  CostTally,
  isCostDimension,
  MOST_COST_GROUPS,
} from './cost-tally.js'
export { countBodyOf } from './count-body.js'
export {
  CountSampler,
  DEFAULT_SAMPLE_ROWS,
  type DrawnRow,
  type DrawnStratum,
  type SampleRow,
  type SamplerOptions,
} from './count-sampler.js'
export { type CountedStratum, countedTokens, type SampledStratum } from './counted-tokens.js'
export {
  type CacheComparison,
  type CostFigure,
  type Estimate,
  type EstimateBasis,
  type EstimateOptions,
  type EstimateRow,
  Estimator,
  type ModelEstimate,
} from './estimate.js'
export type { AnswerGrounds, EstimateGrounds, PromptGrounds } from './estimate-grounds.js'
export { type HoldFacts, holdOf } from './hold.js'
export {
  type EstimatedRows,
  estimatedRows,
  type JobEstimate,
  jobEstimateSetting,
  type KnownCost,
  missOf,
  wholeEstimate,
  withEstimate,
} from './job-estimate.js'
export {
  extendPriceBook,
  knownModels,
  ownToolsOf,
  type PriceBook,
  priceBookOf,
  priceOf,
} from './price-book.js'
export { PRICE_BOOK } from './price-book-data.js'
export {
  diffPriceBooks,
  diffToolPrices,
  type PriceChange,
  type ToolPriceChange,
} from './price-book-diff.js'
export {
  type PriceFile,
  parsePriceBook,
  priceFaultText,
  readPriceFile,
} from './price-book-file.js'
export type { PriceFileFault } from './price-file-places.js'
export type { DatedRates, PriceRow, TokenRates } from './price-row.js'
export {
  type PromptBytes,
  type PromptContent,
  promptContentOf,
} from './prompt-content.js'
export { type PromptFacts, promptTokensOf, type TokenRange } from './prompt-tokens.js'
export {
  type ToolFees,
  type ToolPrice,
  type ToolRates,
  toolFeesAt,
  toolRatesAt,
  WEB_SEARCH,
} from './tool-price.js'
export { parseUsd, usdShort, usdText } from './usd-text.js'
