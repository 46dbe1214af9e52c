// What the lines of a transcript tell, and that it does not matter in which pieces they come.

import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { TranscriptReading, TranscriptState } from '../../src/agents/agent.ts'
import { parseTranscript } from '../../src/agents/claude-code-transcript.ts'
import type { Event, Observation } from '../../src/model/event.ts'
import type { SessionId } from '../../src/model/ids.ts'
import { describe } from '../support/suite.ts'
import { randomFrom } from './random.ts'
import { captures, linesOf, readInSlices, sessionsOf, transcriptsOf } from './recordings.ts'

const session = 's1' as SessionId
const AT = '2026-11-20T16:11:19.103Z'

type Fields = Readonly<Record<string, unknown>>

/** A line as the client writes it; `uuid` and `parent` are its place in the tree. */
const lineOf = (type: string, uuid: string, parent: string | null, fields: Fields = {}): string =>
  JSON.stringify({ parentUuid: parent, type, uuid, timestamp: AT, sessionId: 's1', version: '2.1.329', gitBranch: 'main', ...fields })

const user = (uuid: string, parent: string | null, content: unknown, fields: Fields = {}): string =>
  lineOf('user', uuid, parent, { message: { role: 'user', content }, ...fields })

const prompt = (uuid: string, text: string, fields: Fields = {}): string =>
  user(uuid, null, text, { promptId: `p-${uuid}`, turnOrigin: 'human', ...fields })

function assistant(uuid: string, parent: string, block: unknown, message: Fields = {}, fields: Fields = {}): string {
  const usage = { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: 3, cache_creation_input_tokens: 4 }
  return lineOf('assistant', uuid, parent,
    { message: { id: `msg_${uuid}`, model: 'claude-x', content: [block], stop_reason: 'end_turn', usage, ...message }, ...fields })
}

const said = (text: string): Fields => ({ type: 'text', text })
const calls = (tool: string, id: string, input: Fields = {}): Fields => ({ type: 'tool_use', name: tool, id, input })

const resultOf = (uuid: string, parent: string, call: string, content: unknown, block: Fields = {}, fields: Fields = {}): string =>
  user(uuid, parent, [{ type: 'tool_result', tool_use_id: call, content, ...block }], fields)

const read = (lines: readonly string[], subagent?: string, state?: TranscriptState): TranscriptReading => parseTranscript(
  linesOf(lines.map((line) => `${line}\n`).join('')), { session, ...(subagent === undefined ? {} : { subagent }) }, state)

const eventsOf = (lines: readonly string[], subagent?: string): readonly Event[] =>
  read(lines, subagent).observations.map(({ event }) => event)

const brief = (events: readonly Event[]): readonly string[] => events.filter((event) => event.kind !== 'usage')
  .map((event) => `${event.turn ?? '-'} ${event.id}`)

const recorded = captures.flatMap((capture) => sessionsOf(capture).flatMap((one) => transcriptsOf(capture, one)))

describe('parseTranscript, of what was recorded', (it) => {
  it('knows every line', () => {
    for (const { path, source, lines } of recorded) assert.equal(parseTranscript(lines, source, undefined).unknown, [], path)
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
        const { type, uuid, attachment } = JSON.parse(text) as { type: string; uuid?: string; attachment?: { type: string } }
        return type.startsWith('file-history') || (uuid !== undefined && attachment?.type !== 'prompt_snapshot')
      })
      assert.equal(native, wanted)
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

describe('parseTranscript, of turns', (it) => {
  it('gives a line the turn of its ancestor, not of the line before', () => {
    const lines = [
      prompt('u1', 'One'), assistant('a1', 'u1', calls('Bash', 't1')), prompt('u2', 'Two'), resultOf('r1', 'a1', 't1', 'late'),
      assistant('a2', 'u2', said('Two done')),
    ]
    assert.equal(brief(eventsOf(lines)),
      ['p-u1 prompt:p-u1', 'p-u1 call:t1', 'p-u2 prompt:p-u2', 'p-u1 result:t1', 'p-u2 response:a2'])
  })

  it('takes the prompt line for the turn of a client without prompt ids, and the last answer for its end', () => {
    const lines = [
      user('u1', null, 'Go'), assistant('a1', 'u1', said('Half'), { stop_reason: null }),
      assistant('a2', 'a1', said('Done'), { id: 'msg_a1' }),
    ]
    assert.equal(brief(eventsOf(lines)), ['u1 prompt:u1', 'u1 response:a1', 'u1 response:a2', 'u1 end:u1'])
  })

  it('ends a turn by what the client or the user did', () => {
    const endsWith = (line: string): string => {
      const end = eventsOf([prompt('u1', 'Go'), line]).find((event) => event.kind === 'turn-end')
      return end?.kind === 'turn-end' ? `${end.id} ${end.outcome}` : 'open'
    }
    assert.is(endsWith(lineOf('system', 'x', 'u1', { subtype: 'turn_duration' })), 'end:p-u1 completed')
    assert.is(endsWith(lineOf('system', 'x', 'u1', { subtype: 'stop_hook_summary' })), 'end:p-u1 completed')
    assert.is(endsWith(user('x', 'u1', [{ type: 'text', text: '[Request interrupted by user for tool use]' }])), 'end:p-u1 interrupted')
    assert.is(endsWith(assistant('x', 'u1', said('API Error: 400'), { model: '<synthetic>' }, { isApiErrorMessage: true })),
      'end:p-u1 failed')
    assert.is(endsWith(assistant('x', 'u1', said('No response requested.'), { model: '<synthetic>' })), 'open')
  })

  it('tells an API error as a notice', () => {
    const [, notice] = eventsOf([prompt('u1', 'Go'), assistant('a1', 'u1', said('API Error: 400'), {}, { isApiErrorMessage: true })])
    assert.equal(notice?.kind === 'notice' && [notice.what, notice.text], ['api-error', 'API Error: 400'])
  })
})

describe('parseTranscript, of prompts', (it) => {
  const originOf = (line: string, subagent?: string): string => {
    const event = eventsOf([line], subagent)[0]
    return event?.kind === 'prompt' ? event.origin : event?.kind ?? 'nothing'
  }

  it('tells whose words they are', () => {
    assert.is(originOf(prompt('u1', 'Go')), 'human')
    assert.is(originOf(prompt('u1', 'Go', { turnOrigin: 'sdk' })), 'human')
    assert.is(originOf(prompt('u1', '<task-notification>', { turnOrigin: 'task_notification' })), 'client')
    assert.is(originOf(prompt('u1', 'Anything', { origin: { kind: 'task-notification' } })), 'client')
    assert.is(originOf(user('u1', null, '<task-notification>x')), 'client')
    assert.is(originOf(user('u1', null, 'Look at it', { promptId: 'p1' }), 'a1'), 'agent')
    assert.is(originOf(user('u1', null, 'Warmup'), 'a1'), 'client')
  })

  it('takes no text of the client for a prompt', () => {
    for (const text of ['<local-command-stdout>x</local-command-stdout>', '<bash-stdout>x</bash-stdout><bash-stderr></bash-stderr>',
      'Caveat: The messages below were generated by the user while running local commands. DO NOT', '',
      '<command-name>/compact</command-name>\n <command-message>compact</command-message>']) {
      assert.is(originOf(user('u1', null, text, { promptId: 'p1' })), 'nothing', text)
    }
    assert.is(originOf(prompt('u1', 'Base directory for this skill', { isMeta: true })), 'nothing')
    assert.is(originOf(prompt('u1', 'This session is being continued', { isCompactSummary: true })), 'nothing')
  })

  it('tells a command that went to the model as it was typed', () => {
    const [event] = eventsOf([prompt('u1',
      '<command-message>greet</command-message>\n<command-name>/greet</command-name>\n<command-args>Bob</command-args>')])
    assert.is(event?.kind === 'prompt' && event.text, '/greet Bob')
  })

  it('counts images', () => {
    const [event] = eventsOf([user('u1', null, [{ type: 'image', source: {} }, { type: 'text', text: 'See' }], { promptId: 'p1' })])
    assert.equal(event?.kind === 'prompt' && [event.text, event.images], ['See', 1])
  })

  it('tells what was typed while the agent worked, in the turn it went into', () => {
    const steering = { type: 'queued_command', prompt: 'Left', humanTurn: true, commandMode: 'prompt' }
    const events = eventsOf([prompt('u1', 'Go'), lineOf('attachment', 'q1', 'u1', { attachment: steering })])
    assert.equal(brief(events), ['p-u1 prompt:p-u1', 'p-u1 prompt:q1'])
    assert.is(originOf(lineOf('attachment', 'q1', null, { attachment: { ...steering, humanTurn: false } })), 'client')
  })

  it('tells the commands of the user\'s own shell', () => {
    const [event] = eventsOf([user('u1', null, '<bash-input>git stash</bash-input>', { promptId: 'p1' })])
    assert.equal(event?.kind === 'notice' && [event.what, event.text, event.turn], ['user-shell', 'git stash', 'p1'])
  })
})

describe('parseTranscript, of answers and tools', (it) => {
  it('tells no thinking without text', () => {
    const thoughts = [{ type: 'thinking', thinking: '' }, { type: 'redacted_thinking', data: 'x' }, { type: 'thinking', thinking: 'Hm' }]
    const events = eventsOf([prompt('u1', 'Go'), ...thoughts.map((block, index) => assistant(`a${index}`, 'u1', block))])
    assert.equal(events.flatMap((event) => event.kind === 'reasoning' ? [event.text] : []), ['Hm'])
  })

  it('counts the tokens of a message once, as its last line has them', () => {
    const usage = (output: number): Fields => ({ id: 'msg_1', usage: { input_tokens: 5, output_tokens: output } })
    const lines = [
      prompt('u1', 'Go'), assistant('a1', 'u1', said('One'), { ...usage(1), stop_reason: null }),
      assistant('a2', 'a1', said('Two'), usage(9)), assistant('a3', 'a2', said('Three'), usage(9)),
    ]
    const told = eventsOf(lines).flatMap((event) => event.kind === 'usage' ? [[event.id, event.tokens.input, event.tokens.output]] : [])
    assert.equal(told, [['usage:msg_1', 5, 9]])
  })

  it('counts a message that was broken off', () => {
    const broken = assistant('a1', 'u1', said('On'), { stop_reason: null })
    const stop = user('x', 'a1', [{ type: 'text', text: '[Request interrupted by user]' }])
    assert.equal(eventsOf([prompt('u1', 'Go'), broken, stop]).map(({ kind }) => kind), ['prompt', 'response', 'usage', 'turn-end'])
  })

  it('tells refused from failed and interrupted', () => {
    const outcomeOf = (block: Fields, fields: Fields = {}, text = 'x'): string => {
      const event = eventsOf([resultOf('r1', 'a1', 't1', text, block, fields)])[0]
      return event?.kind === 'tool-result' ? event.outcome : 'none'
    }
    assert.is(outcomeOf({}), 'ok')
    assert.is(outcomeOf({ is_error: true }), 'failed')
    assert.is(outcomeOf({ is_error: true }, { toolDenialKind: 'user-rejected' }), 'refused')
    assert.is(outcomeOf({ is_error: true }, { toolDenialKind: 'permission-rule' }), 'refused')
    assert.is(outcomeOf({ is_error: true }, { toolDenialKind: 'interrupted' }), 'interrupted')
    assert.is(outcomeOf({}, { toolUseResult: { interrupted: true } }), 'interrupted')
    assert.is(outcomeOf({ is_error: true }, {}, "The user doesn't want to proceed with this tool use. The tool"), 'refused')
  })

  it('tells the path of a subagent\'s edit, at the lowest rank', () => {
    const { observations } = read([
      assistant('a1', 'u1', calls('Edit', 't1', { file_path: '/p/f' })), resultOf('r1', 'a1', 't1', 'The file has been updated'),
    ], 'sub')
    const change = observations.find(({ event }) => event.kind === 'file-change')
    assert.equal(change && [change.source, change.event.id, change.event.subagent], ['call', 'change:t1:0', 'sub'])
  })

  it('tells the start and end of a subagent with its call', () => {
    const events = eventsOf([
      assistant('a1', 'u1', calls('Agent', 't1', { subagent_type: 'Explore' })),
      resultOf('r1', 'a1', 't1', 'done', {}, { toolUseResult: { status: 'completed', agentId: 'sub', content: [
        said('<tools-used-before-summary>Read</tools-used-before-summary>\n'), said('Found it.')] } }),
    ])
    assert.equal(events.filter(({ kind }) => kind.startsWith('subagent')), [
      { id: 'subagent-start:sub', subagent: 'sub', at: Date.parse(AT), kind: 'subagent-start', agentType: 'Explore', call: 't1' },
      { id: 'subagent-end:sub', subagent: 'sub', at: Date.parse(AT), kind: 'subagent-end', agentType: 'Explore', text: 'Found it.' },
    ] as unknown as Event[])
  })

  it('tells a compaction with its summary, and one whose summary never came', () => {
    const boundary = lineOf('system', 'c1', null, { subtype: 'compact_boundary', logicalParentUuid: 'u1', compactMetadata: { trigger: 'auto' } })
    const told = (next: string): readonly unknown[] => eventsOf([prompt('u1', 'Go'), boundary, next])
      .flatMap((event) => event.kind === 'compaction' ? [event.id, event.turn, event.trigger, event.summary] : [])
    assert.equal(told(user('s1', 'c1', 'So far …', { isCompactSummary: true })), ['compaction:c1', 'p-u1', 'auto', 'So far …'])
    assert.equal(told(prompt('u2', 'Next')), ['compaction:c1', 'p-u1', 'auto', undefined])
  })
})

describe('parseTranscript, of forks', (it) => {
  const copiedIds = (told: readonly Observation[]): readonly string[] =>
    told.flatMap(({ event, copied }) => copied === true && event.kind !== 'usage' ? [event.id] : [])

  it('knows copies by the id of the session they came from', () => {
    const old = [user('u1', null, 'Go', { sessionId: 's0' }), assistant('a1', 'u1', said('Done')), user('u2', 'a1', 'On')]
    const reading = read(old)
    assert.equal(copiedIds(reading.observations), ['prompt:u1', 'response:a1', 'end:u1'])
    assert.is(reading.facts.forked, true)
    const branch = [prompt('u1', 'Go', { forkedFrom: { sessionId: 's0', messageUuid: 'u1' } }), prompt('u2', 'On')]
    assert.equal(copiedIds(read(branch).observations), ['prompt:u1'])
  })

  it('knows copies by the time the file was begun, where all prompts got the id of the first new one', () => {
    const before = '2026-11-20T16:00:00.000Z'
    const copy = [
      prompt('u1', 'Go', { promptId: 'new', timestamp: before }),
      assistant('a1', 'u1', said('Done'), {}, { requestSessionId: 's0', timestamp: before }),
      prompt('u2', 'On', { promptId: 'new', parentUuid: 'a1' }), assistant('a2', 'u2', said('Went on')),
    ]
    const queued = JSON.stringify({ type: 'queue-operation', operation: 'enqueue', timestamp: AT, sessionId: 's1', content: 'On' })
    const snapshot = JSON.stringify({ type: 'file-history-snapshot', messageId: 'u2', snapshot: { timestamp: AT } })
    for (const begun of [queued, snapshot]) {
      const { observations } = read([begun, ...copy])
      assert.equal(copiedIds(observations), ['prompt:u1', 'response:a1', 'end:u1'])
      assert.equal(brief(observations.map(({ event }) => event)).slice(3), ['new prompt:new', 'new response:a2'])
    }
  })

  it('takes no session for a fork because its bookkeeping is newer than its first prompt', () => {
    const later = '2026-11-20T16:11:20.000Z'
    const queued = JSON.stringify({ type: 'queue-operation', operation: 'enqueue', timestamp: later, sessionId: 's1', content: 'Go' })
    const snapshot = JSON.stringify({ type: 'file-history-snapshot', messageId: 'u1', snapshot: { timestamp: later } })
    for (const begun of [queued, snapshot]) {
      const reading = read([begun, prompt('u1', 'Go'), prompt('u2', 'On')])
      assert.equal([copiedIds(reading.observations), reading.facts.forked], [[], undefined])
    }
  })
})

describe('parseTranscript, of lines it cannot read', (it) => {
  it('names what it does not know', () => {
    const strange = [
      lineOf('novelty', 'x1', null), lineOf('attachment', 'x2', null, { attachment: { type: 'gift' } }),
      lineOf('system', 'x3', null, { subtype: 'mood' }), assistant('x4', 'x3', calls('Teleport', 't1')), '{"uuid":"x5"}',
      '{"type":"user","message":{}}', '{"type":"us', '[1]',
    ]
    const reading = read([...strange, '{"type":"api-request","cut'])
    assert.equal([...reading.unknown].sort(), [
      'attachment:gift', 'line:no-type', 'line:not-json', 'line:novelty', 'line:user without uuid', 'system:mood', 'tool:Teleport',
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
    const lines = recorded.flatMap((one) => one.lines.map(({ text }) => text)).filter((text) => !text.startsWith('{"type":"api-request'))
    const good = [prompt('u-good', 'Go'), assistant('a-good', 'u-good', said('Done'))]
    const spoiled = fc.record({
      line: fc.constantFrom(...lines), value: fc.jsonValue({ maxDepth: 2 }), index: fc.nat(),
      how: fc.constantFrom('cut', 'field', 'inner', 'twice'),
    }).map(({ line, value, index, how }) => spoil(line, value, index, how))
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
    const lines = Array.from({ length: 2000 }, (_, index) => [
      prompt(`${index}-${long(50)}`.slice(0, 64), 'Go', { promptId: `${index}-${long(150)}` }),
      assistant(`a${index}`, `${index}-${long(50)}`.slice(0, 64), calls(`Edit${long(300)}`, `${index}-${long(50)}`.slice(0, 64),
        { file_path: `/${long(390)}`, subagent_type: long(500) }), { model: long(900), stop_reason: null }),
    ]).flat()
    assert.is(JSON.stringify(read(lines).state).length < 64 * 1024, true)
  })

  it('starts anew from a state it cannot read', () => {
    const state = { lines: 7, turns: [null], calls: [['t1', 3], 4], usage: { message: 1 }, at: 'x', turn: [] }
    assert.equal(brief(read([prompt('u1', 'Go')], undefined, state).observations.map(({ event }) => event)), ['p-u1 prompt:p-u1'])
  })
})

function spoil(line: string, value: unknown, index: number, how: string): readonly string[] {
  if (how === 'cut') return [line.slice(0, index % line.length)]
  if (how === 'twice') return [line, line]
  const object = JSON.parse(line) as Record<string, unknown>
  const message = object['message'] as Record<string, unknown> | undefined
  const target = how === 'inner' && message !== undefined ? message : object
  const keys = Object.keys(target)
  target[keys[index % keys.length] ?? 'x'] = value
  return [JSON.stringify(object)]
}
