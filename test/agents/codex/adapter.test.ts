// Replays every recording of the real client: in whatever order and pieces it comes, the events are the golden ones.

import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { codex, codexSubagentOf } from '../../../src/agents/codex/adapter.ts'
import type { Observation } from '../../../src/model/event.ts'
import { pickEvents } from '../../../src/model/pick-events.ts'
import { describe } from '../../support/suite.ts'
import { keepsContract } from '../contract.ts'
import { recordingsOf } from '../recordings.ts'
import type { RecordedTranscript } from '../recordings.ts'

const recordings = recordingsOf(codex)
const { captures, goldenEvents, hookObservations, sessionsOf, transcriptObservations, transcriptsOf } = recordings

/** Tokens in all, by the running total that the client showed last. */
function clientsCount({ lines }: RecordedTranscript): number {
  const totals = lines.flatMap(({ text }) => {
    const { payload } = JSON.parse(text) as { payload: { type?: string; info?: { total_token_usage: Counted } | null } }
    return payload.type === 'token_count' && payload.info ? [payload.info.total_token_usage.total_tokens] : []
  })
  return totals.at(-1) ?? 0
}

interface Counted {
  readonly total_tokens: number
}

/** The total of a fork goes on from what its origin had counted. */
const COUNTED_BEFORE: Readonly<Record<string, number>> = { '01a1f9f5-c561-7191-9b2e-adcbd3ee851e': 45782 }

/** Counted by hand in the scenarios. */
const COUNTS = {
  basic: { human: 1, responses: 5, calls: 5, files: ['src/auth.ts'] },
  'code-mode': { human: 1, responses: 5, calls: 5, files: ['src/auth.ts'] },
  edges: { human: 1, responses: 8, calls: 9, files: ['lib/b.ts', 'src/a.ts', 'src/b.ts', 'src/c.ts'] },
  // The script whose patch did not fit is told beside the patch, which no line of the transcript tells.
  'edges-code-mode': { human: 1, responses: 8, calls: 10, files: ['lib/b.ts', 'src/a.ts', 'src/b.ts', 'src/c.ts'] },
  errors: { human: 4, responses: 4, calls: 2, files: [] },
  fork: { human: 2, responses: 7, calls: 6, files: ['src/auth.ts'] },
  inject: { human: 1, responses: 3, calls: 1, files: [] },
  mcp: { human: 1, responses: 4, calls: 3, files: [] },
  resume: { human: 3, responses: 10, calls: 9, files: ['src/auth.ts'] },
  sandbox: { human: 2, responses: 14, calls: 12, files: [] },
  'subagent-v1': { human: 1, responses: 5, calls: 3, files: [] },
  'subagent-v2': { human: 1, responses: 5, calls: 4, files: ['src/child.ts'] },
  tui: { human: 4, responses: 7, calls: 5, files: ['src/t.ts'] },
  'untrusted-hooks': { human: 1, responses: 5, calls: 5, files: ['src/auth.ts'] },
  worktree: { human: 1, responses: 2, calls: 2, files: ['/home/dev/.codex/worktrees/2def/project/src/a.ts'] },
}

describe('the events of recorded Codex sessions', (it) => {
  keepsContract(it, codex, recordings, COUNTS)

  for (const capture of captures) {
    it(`count the tokens that the client counted: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const events = goldenEvents(capture, session)
        for (const transcript of transcriptsOf(capture, session)) {
          const told = events.flatMap((event) => event.kind !== 'usage' ? []
            : event.subagent === transcript.source.subagent ? [event.tokens] : [])
          const tokens = told.reduce((sum, { input, output, cacheRead, cacheWrite }) =>
            sum + input + output + cacheRead + cacheWrite, 0)
          assert.is(tokens, clientsCount(transcript) - (COUNTED_BEFORE[session] ?? 0), transcript.path)
        }
      }
    })

    it(`keep every line for a session that is resumed, and know all of them: ${capture}`, () => {
      for (const { lines, source } of sessionsOf(capture).flatMap((session) => transcriptsOf(capture, session))) {
        const reading = codex.parseTranscript(lines, source, undefined)
        assert.equal(reading.native, lines)
        assert.equal(reading.unknown, [])
        assert.ok(JSON.stringify(reading.state).length < 16 * 1024)
      }
    })
  }

  it('have ids under which hook and transcript agree', () => {
    for (const capture of ['basic', 'code-mode', 'subagent-v1']) {
      const session = sessionsOf(capture)[0]!
      const named = (told: readonly Observation[]): readonly string[] =>
        told.filter(({ unnamed }) => unnamed !== true).map(({ event }) => event.id)
          .filter((id) => !id.startsWith('session-'))
      const fromTranscript = new Set(named(transcriptObservations(capture, session)))
      assert.equal(named(hookObservations(capture, session)).filter((id) => !fromTranscript.has(id)), [], capture)
    }
  })

  it('are told by the hooks alone where the client kept no transcript', () => {
    const session = sessionsOf('edges')[0]!
    const events = pickEvents(hookObservations('edges', session))
    const changes = events.flatMap((event) => event.kind === 'file-change' ? [`${event.change} ${event.path}`] : [])
    assert.equal(changes.map((change) => change.replace('/home/dev/project/', '')), ['create src/a.ts',
      'create src/b.ts', 'modify src/a.ts', 'create src/c.ts', 'rename lib/b.ts', 'delete src/c.ts'])
    assert.is(events.filter((event) => event.kind === 'tool-call').length, 9)
    assert.equal(events.flatMap((event) => event.kind === 'response' ? [event.text] : []), ['All edges done.'])
  })

  it('tell how turns and calls ended that did not end well', () => {
    const told = (capture: string): readonly string[] => goldenEvents(capture).flatMap((event) =>
      event.kind === 'turn-end' || (event.kind === 'tool-result' && event.outcome !== 'ok')
        ? [`${event.kind} ${event.outcome}`] : [])
    assert.equal(told('errors'), ['turn-end failed', 'turn-end completed', 'tool-result interrupted',
      'turn-end interrupted', 'turn-end completed'])
    assert.equal(told('tui'), ['tool-result failed', 'turn-end completed', 'tool-result interrupted',
      'turn-end interrupted', 'tool-result interrupted', 'turn-end interrupted', 'turn-end completed'])
    assert.equal(told('edges'), ['tool-result failed', 'tool-result failed', 'turn-end completed'])
  })

  it('put what a subagent does into the turn of its parent', () => {
    for (const capture of ['subagent-v1', 'subagent-v2']) {
      const inTurn = goldenEvents(capture).filter((event) => !event.kind.startsWith('session-'))
      assert.is(new Set(inTurn.map((event) => event.turn)).size, 1, capture)
      assert.is(new Set(inTurn.map((event) => event.subagent)).size, 2, capture)
    }
  })

  it('tell what a command read', () => {
    const reads = goldenEvents('code-mode').flatMap((event) => event.kind === 'tool-call' ? event.reads ?? [] : [])
    assert.equal(reads, ['/home/dev/project/src/auth.ts'])
  })
})

const headOf = (path: string): readonly string[] => readFileSync(path, 'utf8').split('\n', 20)

describe('the adapter of Codex', (it) => {
  it('knows its shell and the session', () => {
    assert.is(codex.sessionOf({ CODEX_SESSION_ID: 's1', CODEX_THREAD_ID: 't1' }), 's1')
    assert.is(codex.sessionOf({ CODEX_THREAD_ID: 't1' }), 't1')
    assert.is(codex.sessionOf({ CODEX_SESSION_ID: '' }), undefined)
    assert.is(codex.isShellOf({ CODEX_SESSION_ID: 's1' }), true)
    assert.is(codex.isShellOf({ CODEX_HOME: '/x' }), false)
  })

  it('looks for transcripts by the day, in the home that the user chose', () => {
    const folders = (env = {}): readonly string[] =>
      codex.transcriptFolders('/p', '/home/dev', env).map(({ path, depth }) => `${path} ${depth}`)
    assert.equal(folders(), ['/home/dev/.codex/sessions 3', '/home/dev/.codex/archived_sessions 0'])
    assert.equal(folders({ CODEX_HOME: '/x' }), ['/x/sessions 3', '/x/archived_sessions 0'])
    assert.equal(folders({ CODEX_HOME: '' }), folders())
  })

  it('tells a session by the name of its file, and a subagent by its first lines', () => {
    const [main, child] = transcriptsOf('subagent-v2', sessionsOf('subagent-v2')[0]!)
    assert.is(codex.sessionOfTranscript(main!.path), main!.source.session)
    assert.is(codex.sessionOfTranscript(main!.path, headOf(main!.path)), main!.source.session)
    assert.is(codex.startedIn(headOf(main!.path), main!.path), '/home/dev/project')
    assert.is(codexSubagentOf(headOf(main!.path)), undefined)
    assert.is(codex.sessionOfTranscript(child!.path, headOf(child!.path)), undefined)
    assert.is(codex.startedIn(headOf(child!.path), child!.path), undefined)
    assert.equal(codexSubagentOf(headOf(child!.path)), child!.source)
    assert.is(codex.sessionOfTranscript('/x/sessions/2026/11/20/notes.jsonl'), undefined)
    assert.is(codex.startedIn(['{', '{"type":"event_msg"}'], 'x'), undefined)
  })

  it('takes for read-only what cannot write a file', () => {
    const readOnly = ['spawn_agent', 'update_plan', 'view_image', 'wait_agent', 'web_search']
    const writing = ['Bash', 'apply_patch', 'exec', 'write_stdin', 'mcp__demo__lookup', 'unheard']
    assert.equal(readOnly.filter((tool) => !codex.readOnlyTools.has(tool)), [])
    assert.equal(writing.filter((tool) => codex.readOnlyTools.has(tool)), [])
  })
})
