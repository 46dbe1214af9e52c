// Redacts the ids and versions that an agent gives. They are no text and hold no secret, unless an agent made them of
// what a user said; by our own rules alone, since they are looked at with every commit.

import type { SessionDraft } from './session-draft.ts'
import { redactKnown } from './redact.ts'
import { findSecrets } from './secret-patterns.ts'

export function redactIds(draft: SessionDraft): SessionDraft {
  if (findSecrets(idsOf(draft).join('\n')).length === 0) return draft
  const { agentVersion, events, turns, native, slice } = draft
  return {
    ...draft,
    session: redactKnown(draft.session),
    ...agentVersion === undefined ? {} : { agentVersion: redactKnown(agentVersion) },
    events: events.map((event) => ({
      ...event, id: redactKnown(event.id),
      ...event.turn === undefined ? {} : { turn: redactKnown(event.turn) },
      ...event.subagent === undefined ? {} : { subagent: redactKnown(event.subagent) },
    })),
    turns: turns.map((each) => ({ ...each, turn: redactKnown(each.turn) })),
    native: native.map((file) => ({ ...file, path: redactKnown(file.path) })),
    ...slice === undefined ? {} : { slice: { ...slice, path: redactKnown(slice.path) } },
  }
}

const idsOf = ({ session, agentVersion = '', events, turns, native }: SessionDraft): readonly string[] => [...new Set([
  session, agentVersion, ...events.flatMap(({ id, turn = '', subagent = '' }) => [id, turn, subagent]),
  ...turns.map(({ turn }) => turn), ...native.map(({ path }) => path),
])]
