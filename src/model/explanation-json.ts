// The JSON of explanations: stable, numbered by `schema`, with whole ids and session.json as it was written.

import type { CommitSummary } from './commit-summary.ts'
import type { CommitExplanation, ReadCheckpoint } from './explanation.ts'

export const EXPLANATION_SCHEMA = 1

export interface JsonOptions {
  /** The beginning of the only session that is wanted. */
  readonly session: string
  /** Whether the transcripts, which were read whole, belong in it. */
  readonly transcript: boolean
}

/**
 * Of the commit itself only the id, and whatever checkpoints say: it must be the same where they were read from a
 * remote, which is asked without its commits.
 */
export function explanationToJson(explanation: CommitExplanation, options: JsonOptions): object {
  const { commit, checkpoints, lost, reverted, absence } = explanation
  return {
    commit: { oid: commit.oid },
    checkpoints: checkpoints.flatMap((checkpoint) => checkpointToJson(checkpoint, options)),
    lost,
    ...reverted === undefined ? {} : { reverted },
    ...absence === undefined ? {} : { absence },
  }
}

export const commitToJson = ({ oid, parents, subject, author, authoredAt, committedAt }: CommitSummary): object => ({
  oid, parents, subject, author,
  authoredAt: new Date(authoredAt).toISOString(), committedAt: new Date(committedAt).toISOString(),
})

function checkpointToJson({ link, record, entries }: ReadCheckpoint, { session, transcript }: JsonOptions): object[] {
  const isWanted = (one: { readonly session: string }): boolean => one.session.startsWith(session)
  const sessions = record.sessions.filter(isWanted)
  if (session !== '' && sessions.length === 0) return []
  const only = {
    ...record, sessions, statements: record.statements.filter(isWanted), evidence: record.evidence.filter(isWanted),
  }
  return [{
    id: record.id,
    ...link === undefined ? {} : { link },
    record: session === '' ? record : only,
    ...transcript ? { transcript: entries.filter(isWanted) } : {},
  }]
}
