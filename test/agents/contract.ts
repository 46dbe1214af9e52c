// What every adapter owes to the recordings of its agent: in whatever order and pieces they come, the events are the
// golden ones, and those that somebody counted by hand.

import fc from 'fast-check'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import type { AgentAdapter } from '../../src/agents/agent.ts'
import type { Event, EventKind, TokenUsage } from '../../src/model/event.ts'
import { pickEvents } from '../../src/model/pick-events.ts'
import { randomFrom, shuffled } from './random.ts'
import { formatGolden, linesOf } from './recordings.ts'
import type { Recordings } from './recordings.ts'
import { spoiledFrom } from './spoiled.ts'

/** What somebody counted in the scenario of a capture, in all of its sessions. Failed and refused calls count. */
export interface HandCount {
  /** Prompts of the user. */
  readonly human: number
  readonly responses: number
  readonly calls: number
  /** Files that were changed, moved ones by both names, from the project's folder. */
  readonly files: readonly string[]
}

const PROJECT = '/home/dev/project/'
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1)
const MAX_STATE_LENGTH = 64 * 1024

/** `counts`: of every capture. */
export function keepsContract(
  it: Test, adapter: AgentAdapter, recordings: Recordings, counts: Readonly<Record<string, HandCount>>,
): void {
  const { captures, goldenEvents, goldenOf, hookObservations, sessionsOf, transcriptObservations } = recordings

  it('covers every capture', () => assert.equal([...captures], Object.keys(counts)))

  for (const capture of captures) {
    it(`are the golden ones: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const told = [...hookObservations(capture, session), ...transcriptObservations(capture, session)]
        assert.is(formatGolden(pickEvents(told)), goldenOf(capture, session), session)
      }
    })

    it(`are those counted by hand: ${capture}`, () => assert.equal(countOf(goldenEvents(capture)), counts[capture]))

    it(`do not depend on order, repetition or where reading stopped: ${capture}`, () => {
      for (const session of sessionsOf(capture)) {
        const readings = recordings.readHooks(capture).map(recordings.readingOf)
          .filter((reading) => reading.session === session)
        const transcripts = recordings.transcriptsOf(capture, session)
        for (const seed of SEEDS) {
          const random = randomFrom(seed)
          const hooks = shuffled([...readings, ...readings], random).flatMap(({ observations }) => observations)
          const lines = transcripts.flatMap((transcript) =>
            recordings.readInSlices(transcript, endsAtRandom(transcript.lines.length, random)))
          const told = shuffled([...hooks, ...lines], random)
          assert.is(formatGolden(pickEvents(told)), goldenOf(capture, session), `${session}, seed ${seed}`)
        }
      }
    })
  }

  it('come from any payload without harm', () => {
    const recorded = captures.flatMap((capture) => recordings.readHooks(capture))
    const odd = fc.tuple(fc.constantFrom(...recorded), fc.nat(), fc.jsonValue({ maxDepth: 3 }))
    fc.assert(fc.property(odd, ([hook, index, value]) => {
      const keys = Object.keys(hook.payload)
      const payload = { ...hook.payload, [keys[index % keys.length] ?? 'x']: value }
      JSON.stringify(adapter.parseHook({ ...recordings.deliveryOf(hook), payload }))
    }), { numRuns: 300, seed: 7 })
  })

  it('come from any lines without harm', () => {
    const transcripts = captures.flatMap((capture) =>
      sessionsOf(capture).flatMap((session) => recordings.transcriptsOf(capture, session)))
    const recorded = transcripts.flatMap(({ lines }) => lines.map(({ text }) => text))
    fc.assert(fc.property(fc.array(spoiledFrom(recorded), { minLength: 1, maxLength: 6 }), (bad) => {
      const lines = linesOf(bad.flat().map((line) => `${line}\n`).join(''))
      const { observations, state } = adapter.parseTranscript(lines, transcripts[0]!.source, undefined)
      JSON.stringify(observations)
      assert.ok(JSON.stringify(state).length < MAX_STATE_LENGTH)
    }), { numRuns: 300, seed: 7 })
  })
}

/** Where up to six slices of so many lines end, the last one not told. */
const endsAtRandom = (count: number, random: () => number): readonly number[] =>
  Array.from({ length: 5 }, () => Math.floor(random() * (count + 1))).sort((a, b) => a - b)

function countOf(events: readonly Event[]): HandCount {
  const count = (kind: EventKind): number => events.filter((event) => event.kind === kind).length
  const files = events.flatMap((event) =>
    event.kind === 'file-change' ? [event.path, event.from ?? event.path] : [])
  return {
    human: events.filter((event) => event.kind === 'prompt' && event.origin === 'human').length,
    responses: count('response'),
    calls: count('tool-call'),
    files: [...new Set(files.map((path) => path.replace(PROJECT, '')))].sort(),
  }
}

export const sumOfTokens = (all: readonly TokenUsage[]): TokenUsage => all.reduce((total, one) => ({
  input: total.input + one.input, output: total.output + one.output,
  cacheRead: total.cacheRead + one.cacheRead, cacheWrite: total.cacheWrite + one.cacheWrite,
}), { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 })
