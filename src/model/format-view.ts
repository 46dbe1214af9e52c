// What `explain` prints about one commit, in the view that was asked for; where there is nothing to show, why.

import type { CommitExplanation, RevertedCommit } from './explanation.ts'
import { explainCheckpoints } from './explanation.ts'
import { formatExplanation, formatShort } from './format-explanation.ts'
import type { Layout } from './format-explanation.ts'
import { formatTranscript } from './format-transcript.ts'
import { shortOid } from './text-layout.ts'

export interface View {
  readonly kind: 'short' | 'whole' | 'transcript'
  /** The beginning of the only session that is wanted. */
  readonly session: string
}

export const formatView = (explanation: CommitExplanation, view: View, layout: Layout): string =>
  formatOwn(explanation, view, layout)
    + (view.kind === 'whole' ? (explanation.reverted ?? []).map((one) => formatReverted(one, layout)).join('') : '')

/** What a commit takes away was not made for it: it is named, and no more. */
function formatReverted({ oid, subject, checkpoints }: RevertedCommit, { style }: Layout): string {
  const made = checkpoints.length === 0 ? 'which has no checkpoint' : `made with checkpoint ${checkpoints.join(', ')}`
  return `related: it reverts ${style.accent(shortOid(oid))} (${subject}), ${made}\n`
}

function formatOwn(explanation: CommitExplanation, view: View, layout: Layout): string {
  const { commit, checkpoints, absence, lost } = explanation
  const explained = explainCheckpoints(checkpoints, view.session)
  if (explained.length > 0) {
    switch (view.kind) {
      case 'short': return formatShort(commit, explained, layout)
      case 'whole': return formatExplanation(commit, explained, layout)
      case 'transcript':
        return formatTranscript(explained.flatMap(({ sessions }) => sessions.flatMap(({ entries }) => entries)), layout)
    }
  }
  const name = layout.style.accent(shortOid(commit.oid)) + (commit.subject === undefined ? '' : ` (${commit.subject})`)
  if (absence !== undefined) return `no reasoning is kept for ${name}: ${absence.reason}\n`
  const others = new Set(checkpoints.flatMap(({ record }) => record.sessions.map(({ session }) => session)))
  if (others.size > 0) return `no session '${view.session}' led to ${name}; these did: ${[...others].join(', ')}\n`
  return lost.length > 0 ? `the reasoning kept for ${name} cannot be shown\n` : formatShort(commit, [], layout)
}
