// Notes of git-ai, older with prompts and newer with sessions. The fixtures follow its standard 3.0.0 and what its
// pull requests 1153 and 1887 show of newer notes.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { ForeignSession } from '../../src/model/foreign-record.ts'
import { parseGitAiNote } from '../../src/model/git-ai-note.ts'
import { PROJECT } from '../support/sandbox.ts'
import { describe } from '../support/suite.ts'

const AT = Date.parse('2025-12-05T02:00:00Z')
const readFixture = (name: string): string => readFileSync(join(PROJECT, 'fixtures/foreign', name), 'utf8')

function sessionsOf(text: string): readonly ForeignSession[] {
  const note = parseGitAiNote(text, AT)
  if (note.kind === 'unreadable') throw new Error(note.reason)
  return note.sessions
}
const reasonOf = (text: string): string | undefined => {
  const note = parseGitAiNote(text, AT)
  return note.kind === 'unreadable' ? note.reason : undefined
}

describe('parseGitAiNote', (it) => {
  it('reads agents, models, conversations and lines of a note with prompts', () => {
    const [cursor, claude, ...others] = sessionsOf(readFixture('git-ai-prompts.txt'))
    assert.equal(others, [])
    assert.equal([cursor!.agent, cursor!.session, cursor!.models],
      ['cursor', '6ef2299e-a67f-432b-aa80-3d2fb4d28999', ['claude-4.5-opus']])
    assert.equal(cursor!.files, [
      { path: 'src/main.ts', lines: [{ start: 1, end: 3 }, { start: 5, end: 5 }] },
      { path: 'docs/my page.md', lines: [{ start: 1, end: 2 }] },
    ])
    assert.equal(cursor!.events.map(({ kind }) => kind),
      ['prompt', 'reasoning', 'tool-call', 'response', 'prompt', 'response'])
    assert.equal(cursor!.turns.map(({ number }) => number), [1, 2])
    assert.equal(new Set(cursor!.events.map(({ id }) => id)).size, 6)
    assert.equal(cursor!.events.map(({ at }) => new Date(at).toISOString().slice(14, 19)),
      ['22:13', '22:13', '22:13', '22:38', '25:00', '25:00'], 'what has no time is as old as what came before')
    assert.equal([claude!.agent, claude!.events, claude!.files], ['claude-code', [],
      [{ path: 'src/main.ts', lines: [{ start: 6, end: 6 }] }]])
  })

  it('reads a note with sessions, whose lines have a key for each call; those of persons are no agent\'s', () => {
    const [session, ...others] = sessionsOf(readFixture('git-ai-sessions.txt'))
    assert.equal([others.length, session!.agent, session!.models, session!.events], [0, 'claude-code', [], []])
    assert.equal(session!.files.flatMap(({ lines }) => lines),
      [{ start: 2, end: 2 }, { start: 4, end: 5 }, { start: 7, end: 7 }])
  })

  it('keeps nobody\'s address', () => {
    const names = ['git-ai-prompts.txt', 'git-ai-sessions.txt']
    assert.is(JSON.stringify(names.map((name) => sessionsOf(readFixture(name)))).includes('example.com'), false)
  })

  it('names a message alike in the notes of several commits', () => {
    const text = readFixture('git-ai-prompts.txt')
    const later = text.replace('"Written down." }', '"Written down." }, { "type": "user", "text": "Thanks" }')
    const ids = (note: string): readonly string[] => sessionsOf(note)[0]!.events.map(({ id }) => id)
    assert.equal(ids(later).slice(0, 6), ids(text))
    assert.is(ids(later).length, 7)
  })

  it('keeps the name of an agent that it does not know', () => {
    const text = readFixture('git-ai-sessions.txt').replace('"claude"', '"Amp Code"')
    assert.is(sessionsOf(text)[0]!.agent, 'amp-code')
  })

  it('says why a note cannot be read', () => {
    assert.match(reasonOf('text')!, 'three dashes')
    assert.match(reasonOf('a\n---\n{')!, 'no JSON')
    assert.match(reasonOf('---\n{"schema_version":"authorship/9.0.0"}')!, 'authorship/9.0.0')
    assert.match(reasonOf('a\n  s_1::t_2 1\n---\n{"schema_version":"authorship/3.0.0","prompts":{}}')!, 'no session')
  })

  it('never throws', () => {
    const good = readFixture('git-ai-prompts.txt')
    fc.assert(fc.property(fc.nat(good.length), fc.nat(good.length), fc.string(), (from, length, other) => {
      parseGitAiNote(good.slice(0, from) + other + good.slice(from + length), AT)
    }))
    fc.assert(fc.property(fc.json(), (json) => {
      parseGitAiNote(`---\n{"schema_version":"authorship/3.0.0","prompts":${json},"sessions":{"a":${json}}}`, AT)
    }))
  })
})
