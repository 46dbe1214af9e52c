// That a transcript tells the same in whatever pieces it comes, and survives whatever stands in it.

import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { parseTranscript } from '../../../src/agents/claude-code/transcript.ts'
import { describe } from '../../support/suite.ts'
import { assistant, brief, calls, eventsOf, lineOf, prompt, read, said } from '../lines.ts'
import { randomFrom } from '../random.ts'
import { claudeCode } from '../../../src/agents/claude-code/adapter.ts'
import { recordingsOf } from '../recordings.ts'
import { spoiledFrom } from '../spoiled.ts'

const { captures, readInSlices, sessionsOf, transcriptsOf } = recordingsOf(claudeCode)

const recorded = captures.flatMap((capture) => sessionsOf(capture).flatMap((one) => transcriptsOf(capture, one)))

describe('parseTranscript of what was recorded', (it) => {
  it('knows every line', () => {
    for (const { path, source, lines } of recorded) assert.equal(parseTranscript(lines, source, undefined).unknown, [],
      path)
  })

  it('tells the same wherever a reading stops', () => {
    const random = randomFrom(1)
    for (const transcript of recorded) {
      const whole = readInSlices(transcript, [])
      const count = transcript.lines.length
      const ends = Array.from({ length: 8 }, () => Math.floor(random() * (count + 1))).sort((a, b) => a - b)
      assert.equal(readInSlices(transcript, ends), whole, transcript.path)
      assert.equal(readInSlices(transcript, Array.from({ length: count }, (_, index) => index)), whole, transcript.path)
    }
  })

  it('keeps every line of the conversation byte for byte, and no log of requests', () => {
    for (const { source, lines } of recorded) {
      const { native } = parseTranscript(lines, source, undefined)
      const wanted = lines.filter(({ text }) => {
        const { type, uuid, attachment } =
          JSON.parse(text) as { type: string; uuid?: string; attachment?: { type: string } }
        return type.startsWith('file-history') || (uuid !== undefined && attachment?.type !== 'prompt_snapshot')
      })
      assert.equal(native.map(({ offset }) => offset), wanted.map(({ offset }) => offset))
      assert.is(native.every((line) => lines.includes(line)), true)
      assert.is(native.some(({ text }) => text.includes('"type":"api-request')), false)
    }
  })

  it('remembers little', () => {
    for (const { source, lines } of recorded) {
      assert.is(JSON.stringify(parseTranscript(lines, source, undefined).state).length < 64 * 1024, true)
    }
  })

  it('names events once, and gives each a place of its own', () => {
    for (const transcript of recorded) {
      const told = readInSlices(transcript, [])
      const places = told.map(({ offset }) => offset)
      assert.is(new Set(places).size, places.length, transcript.path)
    }
  })
})

describe('parseTranscript of lines it cannot read', (it) => {
  it('AGT-11 names what it does not know', () => {
    const strange = [
      lineOf('novelty', 'x1', null), lineOf('attachment', 'x2', null, { attachment: { type: 'gift' } }),
      lineOf('system', 'x3', null, { subtype: 'mood' }), assistant('x4', 'x3', calls('Teleport', 't1')),
      '{"uuid":"x5"}', '{"type":"user","message":{}}', '{"type":"us', '[1]',
    ]
    const reading = read([...strange, '{"type":"api-request","cut'])
    assert.equal([...reading.unknown].sort(), [
      'attachment:gift', 'line:no-type', 'line:not-json', 'line:novelty', 'line:user without uuid',
      'system:mood', 'tool:Teleport',
    ])
    assert.is(reading.native.length, 4)
  })

  it('keeps the good lines around a bad one', () => {
    const good = [prompt('u1', 'Go'), assistant('a1', 'u1', said('Done'))]
    const whole = brief(eventsOf(good))
    for (const bad of [good[0]!.slice(0, 40), '', 'null', '{}', '\u0000', '{"type":"user","uuid":7}']) {
      assert.equal(brief(eventsOf([bad, good[0]!, bad, good[1]!, bad])), whole, bad)
    }
  })

  it('never throws, and never lets one line spoil the others', () => {
    const lines = recorded.flatMap((one) => one.lines.map(({ text }) => text))
      .filter((text) => !text.startsWith('{"type":"api-request'))
    const good = [prompt('u-good', 'Go', { timestamp: '2030-01-01T00:00:00.000Z' }),
      assistant('a-good', 'u-good', said('Done'))]
    const spoiled = spoiledFrom(lines, ['message'])
    fc.assert(fc.property(fc.array(spoiled, { minLength: 1, maxLength: 6 }), (bad) => {
      const { observations, state } = read([...bad.flat(), ...good])
      JSON.stringify(observations)
      const ids = observations.map(({ event }) => event.id as string)
      assert.is(ids.includes('prompt:p-u-good') && ids.includes('response:a-good'), true)
      assert.is(JSON.stringify(state).length < 64 * 1024, true)
    }), { numRuns: 300, seed: 11 })
  })

  it('forgets what is old, however long the names are', () => {
    const long = (count: number): string => 'x'.repeat(count)
    const numbers = Array.from({ length: 1000 }, (_, index) => `${index}-`)
    const edit = { file_path: `/${long(390)}`, subagent_type: long(500) }
    const answers = numbers.map((number) => assistant(number.padEnd(64, 'a'), 'u',
      calls(`Edit${long(300)}`, number.padEnd(64, 't'), edit), { model: long(900), stop_reason: null }))
    const prompts = numbers.map((number) => prompt(number.padEnd(64, 'u'), 'Go', { promptId: number.padEnd(100, 'p') }))
    const size = JSON.stringify(read([...answers, ...prompts]).state).length
    assert.is(size > 32 * 1024 && size < 64 * 1024, true, `${size} bytes`)
  })

  it('starts anew from a state it cannot read', () => {
    const state = { lines: 7, turns: [null], calls: [['t1', 3], 4], usage: { message: 1 }, at: 'x', turn: [] }
    assert.equal(brief(read([prompt('u1', 'Go')], undefined, state).observations.map(({ event }) => event)),
      ['p-u1 prompt:p-u1'])
  })
})
