import type { WireModel, WireModelPage } from './wire.js'

/** What the emulator knows of a model. Null where nothing is published. */
export interface ModelFacts {
  readonly id: string
  /** Undated name that resolves to the id, if there is one. */
  readonly alias: string | null
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
  /** Shortest prompt that is cached. Null: unknown, and the emulator then takes 1,024. */
  readonly minCacheableTokens: number | null
  /** Whether the batch-only beta for 300,000 output tokens covers it. */
  readonly hasLongOutput: boolean
  /** Whether it counts about 30 % more tokens for the same text (Claude 4.7 and later, Haiku 5.5). */
  readonly hasNewTokenizer: boolean
  /** Whether `inference_geo` may be chosen (Claude 4.6 and later). */
  readonly hasGeo: boolean
  /** From this day (UTC) requests fail. Null: no date published. */
  readonly retiresOn: string | null
}

type Row = readonly [
  id: string,
  contextTokens: number | null,
  maxOutputTokens: number | null,
  minCacheableTokens: number | null,
  traits: string,
  retiresOn?: string | null,
  alias?: string,
]

// Traits: L 300,000 output tokens by beta, T newer tokenizer, G geo choice.
// Source: model pages and the deprecation table, read October and November 2026.
const ROWS: readonly Row[] = [
  ['claude-fable-5-2', 1_000_000, 128_000, null, 'TG'],
  ['claude-mythos-5-2', null, null, null, 'TG'],
  ['claude-fable-5-1', 1_000_000, 128_000, 512, 'TG'],
  ['claude-mythos-5-1', 1_000_000, 128_000, 512, 'TG'],
  ['claude-fable-5', 1_000_000, 128_000, 512, 'TG'],
  ['claude-mythos-5', 1_000_000, 128_000, 512, 'TG'],
  ['claude-opus-5-5', 1_000_000, 128_000, 512, 'LTG'],
  ['claude-opus-5', 1_000_000, 128_000, 512, 'LTG'],
  ['claude-opus-4-8', 1_000_000, 128_000, 1_024, 'LTG'],
  ['claude-opus-4-7', 1_000_000, 128_000, 2_048, 'LTG'],
  ['claude-opus-4-6', 1_000_000, 128_000, 4_096, 'LG'],
  ['claude-opus-4-5-20251101', 200_000, 64_000, 4_096, '', null, 'claude-opus-4-5'],
  ['claude-sonnet-5-5', 1_000_000, 128_000, 512, 'LTG'],
  ['claude-sonnet-5', 1_000_000, 128_000, 1_024, 'LTG'],
  ['claude-sonnet-4-6', 1_000_000, 128_000, 1_024, 'LG'],
  ['claude-sonnet-4-5-20250929', 200_000, 64_000, 1_024, '', '2026-11-30', 'claude-sonnet-4-5'],
  ['claude-haiku-5-5', 1_000_000, 128_000, 512, 'LTG'],
  ['claude-haiku-4-5-20251001', 200_000, 64_000, 4_096, '', null, 'claude-haiku-4-5'],
  ['claude-opus-4-1-20250805', 200_000, 32_000, 1_024, '', '2026-08-05', 'claude-opus-4-1'],
  ['claude-opus-4-20250514', 200_000, 32_000, 1_024, '', '2026-06-15', 'claude-opus-4-0'],
  ['claude-sonnet-4-20250514', 200_000, 64_000, 1_024, '', '2026-06-15', 'claude-sonnet-4-0'],
  ['claude-3-7-sonnet-20250219', 200_000, 64_000, 1_024, '', '2026-02-19'],
  ['claude-3-5-haiku-20241022', 200_000, 8_192, 2_048, '', '2026-02-19'],
  ['claude-3-haiku-20240307', 200_000, 4_096, 2_048, '', '2026-04-20'],
]

/** Every model of the emulator. The position is stable within one version and is what rows keep. */
export const MODELS: readonly ModelFacts[] = Object.freeze(ROWS.map(factsOf))

const INDEX_BY_NAME: ReadonlyMap<string, number> = new Map(
  MODELS.flatMap((model, index): [string, number][] =>
    model.alias === null
      ? [[model.id, index]]
      : [
          [model.id, index],
          [model.alias, index],
        ],
  ),
)

/** Position in {@link MODELS} of the model that a name means at `now`; null if unknown or retired. */
export function findModel(name: string, now: number): number | null {
  const index = INDEX_BY_NAME.get(name)
  if (index === undefined) return null
  const retiresOn = MODELS[index]?.retiresOn ?? null
  return retiresOn !== null && now >= Date.parse(retiresOn) ? null : index
}

/** The facts at a position of {@link MODELS}. A position out of range gives the first model. */
export function modelAt(index: number): ModelFacts {
  return MODELS[index] ?? (MODELS[0] as ModelFacts)
}

/** The model list at `now`, without the retired. */
export function listModels(now: number): WireModelPage {
  const data = MODELS.filter((model) => findModel(model.id, now) !== null).map(wireModelOf)
  return {
    data,
    has_more: false,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  }
}

function wireModelOf(model: ModelFacts): WireModel {
  return {
    type: 'model',
    id: model.id,
    display_name: model.id,
    created_at: '1970-01-01T00:00:00Z',
    max_input_tokens: model.contextTokens,
    max_tokens: model.maxOutputTokens,
    lifecycle: model.retiresOn === null ? 'active' : 'deprecated',
    retires_at: model.retiresOn === null ? null : `${model.retiresOn}T00:00:00Z`,
    capabilities: { batch: { supported: true } },
  }
}

function factsOf(row: Row): ModelFacts {
  const [id, contextTokens, maxOutputTokens, minCacheableTokens, traits, retiresOn, alias] = row
  return Object.freeze({
    id,
    alias: alias ?? null,
    contextTokens,
    maxOutputTokens,
    minCacheableTokens,
    hasLongOutput: traits.includes('L'),
    hasNewTokenizer: traits.includes('T'),
    hasGeo: traits.includes('G'),
    retiresOn: retiresOn ?? null,
  })
}
