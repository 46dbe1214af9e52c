// Ids, versions and names of files that an agent made of a secret.

import * as assert from 'uvu/assert'
import type { Event } from '../../src/model/event.ts'
import type { SessionDraft } from '../../src/model/session-draft.ts'
import { redactIds } from '../../src/model/redact-ids.ts'
import { GITHUB } from '../support/secrets.ts'
import { describe } from '../support/suite.ts'

const draftOf = (id: string): SessionDraft => ({
  agent: 'codex', agentVersion: `1 ${id}`, session: id, foundBy: 'hook',
  events: [{ id: `call:${id}`, turn: id, subagent: id, at: 0, kind: 'response', text: 'Done.' } as unknown as Event],
  turns: [{ turn: id, number: 1, startedAt: 0 }],
  native: [{ path: `native/codex-${id}.jsonl`, text: '{}\n' }],
  slice: { path: `native/codex-${id}.jsonl`, from: 0, to: 1, digest: '' },
} as unknown as SessionDraft)

describe('redactIds', (it) => {
  it('replaces a secret in each of them alike', () => {
    assert.equal(redactIds(draftOf(GITHUB)), draftOf('[REDACTED:github-token]'))
  })

  it('leaves ids', () => {
    const draft = draftOf('toolu_01A09q90qw90lq917835lq9')
    assert.is(redactIds(draft), draft)
  })
})
