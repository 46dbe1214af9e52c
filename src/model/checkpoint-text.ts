// Reads the files of a checkpoint as they come: from another clone, a newer version, or somebody who meant ill.

import { FORMAT_VERSION } from './checkpoint.ts'
import type { CheckpointRecord, LinkRecord, TranscriptEntry } from './checkpoint.ts'
import { isCheckpointId, isOid } from './ids.ts'

/** `value`: well formed, with all fields that we do not know. */
export type Reading<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'newer'; readonly schema: number }
  | { readonly kind: 'unreadable'; readonly reason: string }

type Json = Readonly<Record<string, unknown>>

/** A newer version may know more: they are shown as what they come nearest to. */
const KINDS: readonly CheckpointRecord['kind'][] = ['commit', 'continuation', 'session']

/** session.json */
export function parseCheckpointRecord(text: string): Reading<CheckpointRecord> {
  return parseSchema(text, (json) => {
    if (typeof json['id'] !== 'string' || !isCheckpointId(json['id'])) return 'session.json has no checkpoint id'
    const origin = asObject(json['origin'])
    if (typeof origin['commit'] !== 'string' || !isOid(origin['commit'])) return 'session.json names no commit'
    return {
      ...json,
      kind: KINDS.find((kind) => kind === json['kind']) ?? 'commit',
      seq: numberOr(json['seq'], 0),
      origin,
      sessions: objects(json['sessions']).filter(hasText('agent', 'session')).map(fillSession),
      files: objects(json['files']).filter(hasText('path')).map((file) =>
        ({ ...file, sessions: strings(file['sessions']) })),
      symbols: objects(json['symbols']).filter(hasText('path', 'name')),
      statements: objects(json['statements']).filter(hasText('kind', 'text', 'session')).map(fillStatement),
      evidence: objects(json['evidence']).filter(hasText('session', 'why')).map((evidence) =>
        ({ ...evidence, ...(evidence['paths'] === undefined ? {} : { paths: strings(evidence['paths']) }) })),
      redactions: numbersOf(asObject(json['redactions'])),
      note: strings(json['note']),
    } as unknown as CheckpointRecord
  })
}

/** A link; one whose content does not fit its place proves nothing. */
export function parseLink(text: string, commit: string, checkpoint: string): Reading<LinkRecord> {
  return parseSchema(text, (json) => {
    const { from, origin } = json
    if (json['commit'] !== commit || json['checkpoint'] !== checkpoint || typeof json['evidence'] !== 'string') {
      return 'a link that does not fit its place'
    }
    for (const oid of [from, origin]) {
      if (oid !== undefined && (typeof oid !== 'string' || !isOid(oid))) return 'a link that leads nowhere'
    }
    return { ...json, by: typeof json['by'] === 'string' ? json['by'] : 'unknown' } as unknown as LinkRecord
  })
}

/** The entries of a transcript.jsonl, in its order; lines that make no sense are left out. */
export function parseTranscript(
  text: string, isWanted: (line: string) => boolean = () => true,
): readonly TranscriptEntry[] {
  return text.split('\n').flatMap((line) => {
    if (line === '' || !isWanted(line)) return []
    try {
      const entry = withoutOddFields(asObject(JSON.parse(line)))
      return isEntry(entry) ? [entry as unknown as TranscriptEntry] : []
    } catch {
      return []
    }
  })
}

/** Fields that are text in every kind of entry that has them. */
const TEXTS = [
  'text', 'why', 'summary', 'tool', 'call', 'reason', 'trigger', 'agentType', 'what', 'outcome', 'origin', 'subagent',
]
/** What an entry must have to be worth showing; of kinds that are not here, nothing. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'prompt': ['text'], 'response': ['text'], 'reasoning': ['text'], 'decision': ['text'], 'constraint': ['text'],
  'rejected': ['text'], 'notice': ['text', 'what'], 'tool-call': ['tool', 'call'], 'tool-result': ['call', 'outcome'],
}

const isEntry = (json: Json): boolean => hasText('id', 'kind', 'session', 'agent', 'at')(json)
  && hasText(...NEEDED[String(json['kind'])] ?? [])(json)

const withoutOddFields = (json: Json): Json => Object.fromEntries(Object.entries(json).filter(([name, value]) =>
  TEXTS.includes(name) ? typeof value === 'string' : name !== 'turn' || isNumber(value)))

function parseSchema<Value>(text: string, make: (json: Json) => Value | string): Reading<Value> {
  let json: Json
  try {
    json = asObject(JSON.parse(text))
  } catch {
    return { kind: 'unreadable', reason: 'it is not JSON' }
  }
  const schema = json['schema']
  if (typeof schema !== 'number') return { kind: 'unreadable', reason: 'it has no schema number' }
  if (schema > FORMAT_VERSION) return { kind: 'newer', schema }
  const made = make(json)
  return typeof made === 'string' ? { kind: 'unreadable', reason: made } : { kind: 'value', value: made }
}

function fillSession({ usage, ...session }: Json): Json {
  return {
    ...session,
    ...(isObject(usage) ? { usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, ...numbersOf(usage) } } : {}),
    models: strings(session['models']),
    turns: objects(session['turns']).map(({ prompt, response, ...turn }) => ({
      ...turn,
      number: numberOr(turn['number'], 0),
      ...(typeof prompt === 'string' ? { prompt } : {}),
      ...(typeof response === 'string' ? { response } : {}),
    })),
    durationMs: numberOr(session['durationMs'], 0),
    subagents: objects(session['subagents']).filter(hasText('id')),
  }
}

const fillStatement = ({ turn, why, ...statement }: Json): Json =>
  ({ ...statement, turn: numberOr(turn, 0), ...(typeof why === 'string' ? { why } : {}) })

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const asObject = (value: unknown): Json => isObject(value) ? value : {}
const objects = (value: unknown): Json[] => Array.isArray(value) ? value.filter(isObject) : []
const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const numberOr = (value: unknown, otherwise: number): number => isNumber(value) ? value : otherwise
const numbersOf = (json: Json): Json => Object.fromEntries(Object.entries(json).filter(([, value]) => isNumber(value)))
const hasText = (...names: readonly string[]) => (json: Json): boolean =>
  names.every((name) => typeof json[name] === 'string')
