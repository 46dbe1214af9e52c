// Which edits of old sessions a commit holds.

import * as assert from 'uvu/assert'
import type { ChangedPath, FilePatch } from '../../src/model/diff.ts'
import type { EventId, SessionId } from '../../src/model/ids.ts'
import { cutoffOf, findHeld, restOf } from '../../src/model/import-match.ts'
import type { OldCommit, OldEdit } from '../../src/model/import-match.ts'
import { describe } from '../support/suite.ts'

const NOON = Date.parse('2026-11-20T12:00:00Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR

const edit = (more: Partial<OldEdit> = {}): OldEdit => ({
  row: 1, event: 'change:1' as EventId, session: 's' as SessionId, path: 'a.ts', change: 'modify', evidence: 'tool',
  at: NOON, lines: { added: ['one', 'two', '}'], removed: [] }, ...more,
})

interface CommitOptions {
  readonly at?: number
  readonly authoredAt?: number
  readonly added?: readonly string[]
  readonly removed?: readonly string[]
  readonly change?: ChangedPath['change']
  readonly path?: string
  readonly from?: string
  readonly binary?: boolean
  readonly digest?: string
}

function commit(options: CommitOptions = {}): OldCommit {
  const { at = NOON + HOUR, authoredAt = at, added = ['one', 'two', '}'], removed = [], change = 'modify' } = options
  const { path = 'a.ts', from, binary = false, digest } = options
  const head = { path, ...from === undefined ? {} : { from }, change }
  const patch: FilePatch = { path, binary, added, removed, sections: [] } as unknown as FilePatch
  return {
    authoredAt, committedAt: at, changed: [head as ChangedPath], patches: new Map([[path, patch]]),
    digests: new Map(digest === undefined ? [] : [[path, digest]]),
  }
}

const holds = (options: CommitOptions, more: Partial<OldEdit> = {}): boolean =>
  findHeld(commit(options), [edit(more)]).length === 1

describe('findHeld', (it) => {
  it('finds an edit whose lines the commit adds or removes, at the same path', () => {
    assert.ok(holds({}))
    assert.ok(holds({ added: ['two'] }))
    assert.ok(holds({ added: [], removed: ['old'] }, { lines: { added: [], removed: ['old'] } }))
    assert.not.ok(holds({ added: ['three'] }))
    assert.not.ok(holds({ added: ['}'] }))
    assert.not.ok(holds({ path: 'b.ts' }))
    assert.ok(holds({ path: 'b.ts', from: 'a.ts', change: 'rename' }))
  })

  it('goes by the time: not before the edit, not a month later', () => {
    assert.ok(holds({ at: NOON }))
    assert.ok(holds({ at: NOON - 999 }), 'commits know whole seconds')
    assert.not.ok(holds({ at: NOON - 1000 }))
    assert.ok(holds({ at: NOON + 29 * DAY }))
    assert.not.ok(holds({ at: NOON + 31 * DAY }))
  })

  it('goes by the time of the author where a commit was rewritten later', () => {
    assert.ok(holds({ at: NOON + 90 * DAY, authoredAt: NOON + HOUR }))
    assert.ok(holds({ at: NOON + 2 * HOUR, authoredAt: NOON - HOUR }), 'amended after the edit')
    assert.not.ok(holds({ at: NOON + 90 * DAY, authoredAt: 0 }), 'no author worked then')
  })

  it('wants more lines the longer ago the edit was', () => {
    const lines = { added: ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8'], removed: [] }
    assert.ok(holds({ at: NOON + HOUR, added: ['a1'] }, { lines }))
    assert.not.ok(holds({ at: NOON + 3 * DAY, added: ['a1', 'a2'] }, { lines }))
    assert.ok(holds({ at: NOON + 3 * DAY, added: ['a1', 'a2', 'a3'] }, { lines }))
    assert.ok(holds({ at: NOON + 3 * DAY, added: ['one'] }, { lines: { added: ['one', 'two'], removed: [] } }))
  })

  it('goes by path and time, or the whole text, where no lines are told', () => {
    const untold = { lines: undefined } as unknown as Partial<OldEdit>
    assert.ok(holds({}, untold))
    assert.ok(holds({ binary: true }))
    assert.not.ok(holds({ at: NOON + 3 * DAY }, untold))
    assert.ok(holds({ at: NOON + 3 * DAY, digest: 'same' }, { ...untold, after: 'same' }))
    assert.not.ok(holds({ digest: 'other' }, { ...untold, after: 'same' }))
    assert.ok(holds({ digest: 'other', change: 'create' }, { ...untold, after: 'same' }))
  })

  it('takes a file\'s removal for an edit only where the edit removed it', () => {
    assert.ok(holds({ change: 'delete', removed: ['one'] }, { change: 'delete' }))
    assert.not.ok(holds({ change: 'delete', removed: ['one', 'two'] }))
    assert.not.ok(holds({ change: 'modify' }, { change: 'delete' }))
  })

  it('passes over edits that changed nothing, and what may have been the user', () => {
    assert.not.ok(holds({}, { lines: { added: [], removed: [] } }))
    assert.not.ok(holds({}, { evidence: 'unknown' }))
  })

  it('looks for what a commit left of an edit for a day only', () => {
    const rest = restOf(edit(), commit({ added: ['one'] }))
    assert.equal(rest?.lines, { added: ['two', '}'], removed: [] })
    const later = (at: number): number => findHeld(commit({ at, added: ['two'] }), [rest!]).length
    assert.equal([later(NOON + 2 * HOUR), later(NOON + 2 * DAY)], [1, 0])
  })
})

describe('restOf', (it) => {
  it('is nothing where all that tells something is in the commit', () => {
    assert.is(restOf(edit(), commit({ added: ['one', 'two'] })), undefined)
    assert.is(restOf(edit({ lines: undefined } as unknown as Partial<OldEdit>), commit()), undefined)
  })
  it('counts each line as often as it is there', () => {
    const twice = edit({ lines: { added: ['one', 'one'], removed: [] } })
    assert.equal(restOf(twice, commit({ added: ['one'] }))?.lines?.added, ['one'])
  })
})

describe('cutoffOf', (it) => {
  it('is when the commit was made; of one rewritten later, when its work was over', () => {
    assert.is(cutoffOf(commit({ at: NOON + HOUR }), [edit()]), NOON + HOUR + 999)
    assert.is(cutoffOf(commit({ at: NOON + 9 * DAY, authoredAt: NOON + HOUR }), [edit()]), NOON + HOUR + 999)
    assert.is(cutoffOf(commit({ at: NOON + 9 * DAY, authoredAt: NOON - HOUR }), [edit()]), NOON + 999)
  })
})
