// Replays every recording of the real client: in whatever order and pieces it comes, the events are the golden ones.

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { opencode } from '../../../src/agents/opencode/adapter.ts'
import type { EventKind, TokenUsage } from '../../../src/model/event.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { describe } from '../../support/suite.ts'
import { keepsContract, sumOfTokens } from '../contract.ts'
import { linesOf, recordingsOf } from '../recordings.ts'

const recordings = recordingsOf(opencode)
const {
  captures, goldenEvents, hookObservations, readHooks, readInSlices, sessionsOf, transcriptObservations, transcriptsOf,
} = recordings

/** What the client itself counted, in the session and in those of its subagents. */
const clientsCount = (capture: string, session: SessionId): TokenUsage =>
  sumOfTokens(transcriptsOf(capture, session).map(({ lines }) => {
    const { info } = JSON.parse(lines[0]!.text) as { info: { tokens: Counted } }
    const { input, output, reasoning, cache } = info.tokens
    return { input, output: output + reasoning, cacheRead: cache.read, cacheWrite: cache.write }
  }))

interface Counted {
  readonly input: number
  readonly output: number
  readonly reasoning: number
  readonly cache: { readonly read: number; readonly write: number }
}

/** The client counts for a fork what its origin had used; the origin tells it. */
const FORK = 'ses_e05fe3b85ffeYc79JcY6Ftr5v3'
const COPIED = { input: 8469, output: 273, cacheRead: 8465, cacheWrite: 0 }

/** Counted by hand in the scenarios. */
const COUNTS = {
  basic: { human: 1, responses: 5, calls: 5, files: ['src/auth.ts'] },
  fork: { human: 2, responses: 7, calls: 6, files: ['src/auth.ts'] },
  resume: { human: 3, responses: 10, calls: 9, files: ['src/auth.ts'] },
  subagent: { human: 1, responses: 4, calls: 2, files: ['src/child.ts'] },
  subdir: { human: 1, responses: 5, calls: 5, files: ['src/auth.ts'] },
}

describe('the events of recorded OpenCode sessions', (it) => {
  keepsContract(it, opencode, recordings, COUNTS)

  for (const capture of captures) {
    it(`tell of every call how it went, and of every turn that it ended: ${capture}`, () => {
      const events = goldenEvents(capture)
      const count = (kind: EventKind): number => events.filter((event) => event.kind === kind).length
      const { calls, human } = COUNTS[capture as keyof typeof COUNTS]
      assert.equal([count('tool-result'), count('turn-end')], [calls, human])
      const byAgents = events.filter((event) => event.kind === 'prompt' && event.origin === 'agent')
      assert.is(byAgents.length, capture === 'subagent' ? 1 : 0)
    })

    it(`count the tokens that the client counted: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const told = sumOfTokens(goldenEvents(capture, session)
          .flatMap((event) => event.kind === 'usage' ? [event.tokens] : []))
        assert.equal(sumOfTokens([told, ...session === FORK ? [COPIED] : []]), clientsCount(capture, session), session)
      }
    })

    it(`have ids under which plugin and database agree: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const fromDatabase = new Set(transcriptObservations(capture, session).map(({ event }) => event.id))
        const fromPlugin = hookObservations(capture, session).map(({ event }) => event.id)
          .filter((id) => !id.startsWith('session-'))
        assert.is(fromPlugin.length > 2, true)
        assert.equal(fromPlugin.filter((id) => !fromDatabase.has(id)), [])
      }
    })
  }

  it('show the prompt without the quotes of the command line', () => {
    const [prompt] = goldenEvents('basic').flatMap((event) => event.kind === 'prompt' ? [event.text] : [])
    assert.is(prompt, 'Add token auth to this project and commit it')
  })

  it('put a subagent into the turn that asked for it', () => {
    const events = goldenEvents('subagent')
    const [turn] = events.flatMap((event) => event.kind === 'prompt' && event.origin === 'human' ? [event.turn] : [])
    const below = events.filter((event) => event.subagent === 'ses_e05fbca66ffekq5nzY1DK2dvIr')
    assert.is(below.length, 11)
    assert.equal(below.filter((event) => event.turn !== turn), [])
  })
})

describe('the adapter of OpenCode', (it) => {
  it('finds the database where the client keeps it', () => {
    const session = 'ses_1' as SessionId
    assert.is(opencode.transcriptOf?.(session, '/home/dev', {}), '/home/dev/.local/share/opencode/opencode.db#ses_1')
    assert.is(opencode.transcriptOf?.(session, '/home/dev', { XDG_DATA_HOME: '/data' }),
      '/data/opencode/opencode.db#ses_1')
    assert.is(opencode.transcriptOf?.(session, '/home/dev', { OPENCODE_DB: 'other.db' }),
      '/home/dev/.local/share/opencode/other.db#ses_1')
    assert.is(opencode.transcriptOf?.(session, '/home/dev', { OPENCODE_DB: '/data/my.db' }), '/data/my.db#ses_1')
    assert.is(opencode.sessionOfTranscript('/data/my.db#ses_1'), session)
    assert.is(opencode.sessionOfTranscript('/data/my.db'), undefined)
  })

  it('knows its shell, and the session by what the plugin set there', () => {
    assert.is(opencode.isShellOf({ OPENCODE: '1' }), true)
    assert.is(opencode.isShellOf({}), false)
    assert.is(opencode.sessionOf({ BITLOOPS_OPENCODE_SESSION: 'ses_1' }), 'ses_1' as SessionId)
    assert.is(opencode.sessionOf({ BITLOOPS_OPENCODE_SESSION: 'a b' }), undefined)
  })

  it('never throws, and loses no good line around a bad one', () => {
    const [transcript] = transcriptsOf('basic', sessionsOf('basic')[0]!)
    const expected = readInSlices(transcript!, []).map(({ event }) => event)
    const texts = transcript!.lines.map(({ text }) => text)
    const bad = fc.oneof(fc.string(), fc.json(), fc.constantFrom(...texts).chain((text) =>
      fc.nat(text.length - 1).map((end) => text.slice(0, end))),
    fc.record({ kind: fc.constantFrom('session', 'message', 'other'), info: fc.anything(), parts: fc.anything() })
      .map((line) => JSON.stringify(line, (_key, value: unknown) => typeof value === 'bigint' ? `${value}` : value)))
    const harmless = bad.filter((text) => !/"id"/.test(text))
    fc.assert(fc.property(fc.array(harmless, { maxLength: 4 }), fc.nat(texts.length), (lines, at) => {
      const mixed = [...texts.slice(0, at), ...lines.map((line) => line.replaceAll('\n', ' ')), ...texts.slice(at)]
      const { observations } = opencode.parseTranscript(linesOf(mixed.map((line) => `${line}\n`).join('')),
        transcript!.source, undefined)
      assert.equal(observations.map(({ event }) => event), expected)
    }), { numRuns: 200 })
  })

  it('reads any payload and any state without throwing', () => {
    const hooks = captures.flatMap(readHooks)
    fc.assert(fc.property(fc.constantFrom(...hooks), fc.array(fc.tuple(fc.string(), fc.anything())), fc.anything(),
      (hook, changed, state) => {
        const payload = { ...hook.payload, ...Object.fromEntries(changed) }
        const names = Object.keys(payload)
        for (const name of ['session', 'message', 'parts', 'part', 'info', ...names]) {
          const delivery = { agent: 'opencode', receivedAt: 1, event: hook.event } as const
          opencode.parseHook({ ...delivery, payload: { ...payload, [name]: state } })
        }
        opencode.parseTranscript(linesOf('{"kind":"message","info":{"id":"msg_1","role":"user"}}\n'),
          { session: 'ses_1' as SessionId }, typeof state === 'object' && state !== null ? state as never : undefined)
      }), { numRuns: 200 })
    const delivery = { agent: 'opencode', receivedAt: 1 } as const
    assert.is(opencode.parseHook({ ...delivery, event: 'dispose', payload: 7 }).kind, 'unreadable')
    assert.is(opencode.parseHook({ ...delivery, payload: { session: 'ses_1' } }).kind, 'unreadable')
  })
})
