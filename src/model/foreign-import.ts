// What became of the records of another tool, and how that is told.

import { cleanLine } from './clean.ts'
import type { ForeignTool } from './foreign-record.ts'
import type { CheckpointId, Oid } from './ids.ts'
import { countOf, shortOid } from './text-layout.ts'

export type ForeignOutcome =
  /** A checkpoint was made of it, or would be. */
  | {
    readonly kind: 'imported'
    readonly commit: Oid
    readonly checkpoint: CheckpointId
    /** Further commits that are linked to it. */
    readonly also: readonly Oid[]
    readonly sessions: readonly ForeignSummary[]
    readonly files: number
  }
  /** A checkpoint of the commit has these sessions. */
  | { readonly kind: 'present'; readonly commit: Oid }
  /** It was there once, and was purged or unlinked. */
  | { readonly kind: 'removed'; readonly commit: Oid; readonly checkpoint: CheckpointId }
  /** The commit is not in this clone. */
  | { readonly kind: 'absent'; readonly commit: Oid }
  | { readonly kind: 'unreadable'; readonly commit: Oid; readonly reason: string }

export interface ForeignSummary {
  readonly agent: string
  readonly session: string
  readonly models: readonly string[]
  readonly prompts: number
}

export interface ForeignImport {
  readonly tool: ForeignTool
  readonly dryRun: boolean
  /** What was read; none: the tool was not at work here, or nothing of it was fetched. */
  readonly refs: readonly string[]
  readonly outcomes: readonly ForeignOutcome[]
  /** False: our refs were in use all the time; what is left comes with the next call. */
  readonly isComplete: boolean
}

const MAX_NAME = 60
const FETCH: Readonly<Record<ForeignTool, readonly string[]>> = {
  'git-ai': ['git fetch <remote> refs/notes/ai:refs/notes/ai'],
  'entire': [
    'git fetch <remote> entire/checkpoints/v1',
    'git fetch <remote> \'refs/entire/checkpoints/*:refs/entire/checkpoints/*\'',
  ],
}

/** Each commit with what was made of it, and why the others were passed over. */
export function formatForeignImport({ tool, dryRun, refs, outcomes, isComplete }: ForeignImport): string {
  if (refs.length === 0) {
    const lines = FETCH[tool].map((line) => `  ${line}\n`)
    return `Nothing of ${tool} is in this clone. If a remote has it:\n${lines.join('')}`
  }
  const imported = outcomes.filter((outcome) => outcome.kind === 'imported')
  const lines = outcomes.flatMap((outcome) => {
    const line = formatOutcome(outcome)
    return line === undefined ? [] : [`  ${shortOid(outcome.commit)}  ${line}`]
  })
  const count = (kind: ForeignOutcome['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length
  const rest = [
    [count('present'), 'a checkpoint has these sessions already'],
    [count('absent'), 'not in this clone'],
  ] as const
  return [
    `${countOf(imported.length, 'checkpoint')} ${dryRun ? 'would be made' : 'made'} of what ${tool} kept in ` +
      `${refs.join(', ')}${lines.length === 0 ? '' : ':'}`,
    ...lines,
    ...rest.flatMap(([number, what]) => number === 0 ? [] : [`  ${countOf(number, 'commit')}: ${what}`]),
    ...isComplete ? [] : ['The refs are in use; run it again for what is left.'],
    '',
  ].join('\n')
}

function formatOutcome(outcome: ForeignOutcome): string | undefined {
  switch (outcome.kind) {
    case 'imported': {
      const sessions = outcome.sessions.map(({ agent, models, session, prompts }) =>
        [agent, ...models, `session ${session.slice(0, 8)}`, countOf(prompts, 'prompt')].map((word) =>
          cleanLine(word, MAX_NAME)).join(' · '))
      const also = outcome.also.length === 0 ? '' : `, and ${countOf(outcome.also.length, 'commit')} more`
      return `${sessions.join('; ')}; ${countOf(outcome.files, 'file')}${also}`
    }
    case 'removed': return `checkpoint ${outcome.checkpoint} was removed here, and stays away`
    case 'unreadable': return `not read: ${cleanLine(outcome.reason, 2 * MAX_NAME)}`
    default: return undefined
  }
}

export const foreignImportToJson = ({ tool, dryRun, refs, outcomes, isComplete }: ForeignImport): object =>
  ({ schema: 1, from: tool, dryRun, refs, isComplete, outcomes })
