import { describeRefusals } from './refusal-table.js'

const KEY_HINT = 'Every request needs a key of its own; custom_id is taken as one.'
const KNOWN = 'expected only key, custom_id, params, deadline_at and labels, got this member.'
const LABELS = 'Write labels like {"team": "claims"}.'
const DEADLINE = 'Write it like 2026-11-21T06:00:00+11:00 or 2026-11-20T19:00:00Z.'
const withMember = (member: string) =>
  `{"key":"a","params":{"model":"claude-haiku-4-5","max_tokens":16,"messages":[]},${member}}`

describeRefusals('members that are not what they should be are refused', [
  ['{}', 'missing_key', 'key', 'expected a text that names the request, got none.', KEY_HINT],
  [
    '{"key":null}',
    'missing_key',
    'key',
    'expected a text that names the request, got null.',
    KEY_HINT,
  ],
  [
    '{"custom_id":"","params":{}}',
    'missing_key',
    'custom_id',
    'expected a text that names the request, got an empty one.',
    KEY_HINT,
  ],
  ['{"custom_id":17}', 'invalid_key', 'custom_id', 'expected a text of whole characters, got 17.'],
  [
    '{"key":"a\\ud800"}',
    'invalid_key',
    'key',
    'expected a text of whole characters, got "a\\ud800".',
  ],
  [
    `{"key":"${'ü'.repeat(257)}"}`,
    'key_too_long',
    'key',
    'expected at most 512 bytes of UTF-8, got 514.',
  ],
  [
    '{"key":"a","custom_id":"a"}',
    'duplicate_member',
    'key',
    'expected key or custom_id, got both.',
  ],
  ['{"key":"a","parms":{}}', 'unknown_member', 'parms', KNOWN, 'Did you mean params?'],
  [
    '{"requests":[]}',
    'unknown_member',
    'requests',
    KNOWN,
    "This looks like the body of a create call; jq -c '.requests[]' makes lines of it.",
  ],
  ['{"key":"a","\\u001b[31m":1}', 'unknown_member', '\\u001b[31m', KNOWN],
  [
    '{"key":"a"}',
    'invalid_params',
    'params',
    'expected an object with the params of a message, got none.',
  ],
  [
    '{"key":"a","params":[1]}',
    'invalid_params',
    'params',
    'expected an object with the params of a message, got [1].',
  ],
  [
    withMember('"deadline_at":"tomorrow"'),
    'invalid_deadline',
    'deadline_at',
    'expected an RFC 3339 instant with its zone, got "tomorrow".',
    DEADLINE,
  ],
  [
    withMember('"deadline_at":"2026-11-21T06:00:00"'),
    'invalid_deadline',
    'deadline_at',
    'expected an RFC 3339 instant with its zone, got "2026-11-21T06:00:00".',
    DEADLINE,
  ],
  [
    withMember('"deadline_at":"2026-02-30T06:00:00Z"'),
    'invalid_deadline',
    'deadline_at',
    'expected an RFC 3339 instant with its zone, got "2026-02-30T06:00:00Z".',
    DEADLINE,
  ],
  [
    withMember('"deadline_at":1790000000'),
    'invalid_deadline',
    'deadline_at',
    'expected an RFC 3339 instant with its zone, got 1790000000.',
    DEADLINE,
  ],
  [
    withMember('"labels":["a"]'),
    'invalid_labels',
    'labels',
    'expected an object of short texts, got an array.',
    LABELS,
  ],
  [withMember('"labels":{"a":1}'), 'invalid_labels', 'labels.a', 'expected a text, got 1.', LABELS],
  [
    withMember('"labels":{"__proto__":"x"}'),
    'invalid_labels',
    'labels',
    'expected label names of a letter and up to 63 more of A-Z a-z 0-9 _ . -, got "__proto__".',
    LABELS,
  ],
  [
    withMember(`"labels":{"a":"${'x'.repeat(257)}"}`),
    'invalid_labels',
    'labels.a',
    'expected at most 256 characters, got 257.',
    LABELS,
  ],
  [
    withMember('"labels":{"a":"x\\ny"}'),
    'invalid_labels',
    'labels.a',
    'expected text without control characters, got "x\\u000ay".',
    LABELS,
  ],
  [
    withMember(`"labels":{${Array.from({ length: 17 }, (_, i) => `"l${i}":""`).join()}}`),
    'invalid_labels',
    'labels',
    'expected at most 16 labels, got 17.',
    LABELS,
  ],
])
