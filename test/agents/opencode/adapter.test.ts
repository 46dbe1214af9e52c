// Replays every recording of the real client: in whatever order and pieces it comes, the events are the golden ones.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { opencode } from '../../../src/agents/opencode/adapter.ts'
import type { Event, EventKind, Observation, TokenUsage } from '../../../src/model/event.ts'
import type { SessionId } from '../../../src/model/ids.ts'
import { pickEvents } from '../../../src/model/pick-events.ts'
import { describe } from '../../support/suite.ts'
import { formatGolden, linesOf, recordingsOf } from '../recordings.ts'
import type { RecordedTranscript } from '../recordings.ts'
import { randomFrom, shuffled } from '../random.ts'

const {
  captures, goldenPath, hookObservations, readHooks, readingOf, readInSlices, sessionsOf, transcriptObservations,
  transcriptsOf,
} = recordingsOf(opencode)

const goldenOf = (capture: string, session: SessionId): string => readFileSync(goldenPath(capture, session), 'utf8')

const sessionEvents = (capture: string, session: SessionId): readonly Event[] => goldenOf(capture, session)
  .split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Event)

const eventsOf = (capture: string): readonly Event[] =>
  sessionsOf(capture).flatMap((session) => sessionEvents(capture, session))

/** The slices end at up to five lines chosen at random. */
function readInRandomSlices(transcript: RecordedTranscript, random: () => number): readonly Observation[] {
  const ends = Array.from({ length: 5 }, () => Math.floor(random() * (transcript.lines.length + 1)))
  return readInSlices(transcript, ends.sort((a, b) => a - b))
}

const sum = (all: readonly TokenUsage[]): TokenUsage => all.reduce((total, one) => ({
  input: total.input + one.input, output: total.output + one.output,
  cacheRead: total.cacheRead + one.cacheRead, cacheWrite: total.cacheWrite + one.cacheWrite,
}), { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 })

/** What the client itself counted, in the session and in those of its subagents. */
const clientsCount = (capture: string, session: SessionId): TokenUsage =>
  sum(transcriptsOf(capture, session).map(({ lines }) => {
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
  basic: { human: 1, agent: 0, responses: 5, calls: 5, files: ['src/auth.ts'] },
  fork: { human: 2, agent: 0, responses: 7, calls: 6, files: ['src/auth.ts'] },
  resume: { human: 3, agent: 0, responses: 10, calls: 9, files: ['src/auth.ts'] },
  subagent: { human: 1, agent: 1, responses: 4, calls: 2, files: ['src/child.ts'] },
  subdir: { human: 1, agent: 0, responses: 5, calls: 5, files: ['src/auth.ts'] },
} as const

describe('the events of recorded OpenCode sessions', (it) => {
  it('covers every capture', () => assert.equal([...captures], Object.keys(COUNTS)))

  for (const capture of captures) {
    it(`are the golden ones: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const told = [...hookObservations(capture, session), ...transcriptObservations(capture, session)]
        assert.is(formatGolden(pickEvents(told)), goldenOf(capture, session), session)
      }
    })

    it(`are those counted by hand: ${capture}`, () => {
      const events = eventsOf(capture)
      const count = (kind: EventKind): number => events.filter((event) => event.kind === kind).length
      const prompts = (origin: string): number =>
        events.filter((event) => event.kind === 'prompt' && event.origin === origin).length
      const expected = COUNTS[capture as keyof typeof COUNTS]
      assert.equal([prompts('human'), prompts('agent')], [expected.human, expected.agent], 'prompts')
      assert.is(count('response'), expected.responses, 'responses')
      assert.is(count('tool-call'), expected.calls, 'tool calls')
      assert.is(count('tool-result'), expected.calls, 'results')
      assert.is(count('turn-end'), expected.human, 'ends of turns')
      const paths = events.flatMap((event) => event.kind === 'file-change' ? [event.path] : [])
      assert.equal([...new Set(paths.map((path) => path.replace(/^\/home\/dev\/project\/(packages\/core\/)?/, '')))],
        [...expected.files])
    })

    it(`count the tokens that the client counted: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const told = sum(sessionEvents(capture, session)
          .flatMap((event) => event.kind === 'usage' ? [event.tokens] : []))
        assert.equal(sum([told, ...session === FORK ? [COPIED] : []]), clientsCount(capture, session), session)
      }
    })

    it(`do not depend on order, repetition or where reading stopped: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const transcripts = transcriptsOf(capture, session)
        const hooks = readHooks(capture).filter((hook) => hook.payload['session'] === session)
        for (let seed = 1; seed <= 20; seed += 1) {
          const random = randomFrom(seed)
          const told = [
            ...shuffled([...hooks, ...hooks], random).flatMap((hook) => readingOf(hook).observations),
            ...transcripts.flatMap((transcript) => readInRandomSlices(transcript, random)),
          ]
          assert.is(formatGolden(pickEvents(shuffled(told, random))), goldenOf(capture, session),
            `${session}, seed ${seed}`)
        }
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
    const [prompt] = eventsOf('basic').flatMap((event) => event.kind === 'prompt' ? [event.text] : [])
    assert.is(prompt, 'Add token auth to this project and commit it')
  })

  it('put a subagent into the turn that asked for it', () => {
    const events = eventsOf('subagent')
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
