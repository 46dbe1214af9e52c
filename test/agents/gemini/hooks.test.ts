// What a hook payload of Gemini CLI tells.

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { HookReading } from '../../../src/agents/agent.ts'
import { parseHook } from '../../../src/agents/gemini/hooks.ts'
import { describe } from '../../support/suite.ts'

const TIME = '2026-11-20T17:23:25.615Z'

function read(name: string, fields: object = {}): HookReading {
  const reading = parseHook({ agent: 'gemini', receivedAt: 5, payload: {
    session_id: 's1', transcript_path: '/t.jsonl', cwd: '/p', hook_event_name: name, timestamp: TIME, ...fields,
  } })
  if (reading.kind === 'unreadable') throw new Error(reading.reason)
  return reading
}

const idsOf = (reading: HookReading): readonly string[] => reading.observations.map(({ event }) => event.id)

describe('a hook of Gemini CLI', (it) => {
  it('tells the moments of a session, by the clock of the client', () => {
    const moments = ['SessionStart', 'BeforeAgent', 'AfterTool', 'AfterAgent', 'SessionEnd', 'PreCompress', 'Unheard']
      .map((name) => read(name).moment)
    assert.equal(moments,
      ['session-start', 'turn-start', undefined, 'turn-end', 'session-end', undefined, undefined])
    assert.is(read('SessionStart').observations[0]?.event.at, Date.parse(TIME))
    assert.is(read('SessionStart', { timestamp: 'never' }).observations[0]?.event.at, 5)
    assert.equal([read('AfterTool').cwd, read('AfterTool').transcriptPath], ['/p', '/t.jsonl'])
  })

  it('leaves to the transcript what it cannot name', () => {
    const tool = read('AfterTool', { tool_name: 'write_file', tool_input: { file_path: 'a' } })
    const prompt = read('BeforeAgent', { prompt: '<hook_context>x</hook_context>\n\nAdd' })
    assert.equal([...tool.observations, ...prompt.observations, ...read('AfterAgent').observations], [])
  })

  it('names no transcript as a session is resumed, for it is not the one', () => {
    assert.is(read('SessionStart', { source: 'resume' }).transcriptPath, undefined)
    assert.is(read('SessionStart', { source: 'clear' }).transcriptPath, '/t.jsonl')
  })

  it('tells a repeated payload, and an end said thrice, once', () => {
    assert.equal(idsOf(read('SessionStart')), idsOf(read('SessionStart')))
    const end = (timestamp: string): string => idsOf(read('SessionEnd', { reason: 'exit', timestamp })).join()
    assert.is(end('2026-11-21T12:21:41.664Z'), end('2026-11-21T12:21:41.794Z'))
    assert.is.not(end('2026-11-20T17:24:10.876Z'), end('2026-11-20T17:24:19.076Z'))
  })

  it('is unreadable without a session or an event', () => {
    const reason = (payload: unknown): string | undefined => {
      const reading = parseHook({ agent: 'gemini', receivedAt: 5, payload })
      return reading.kind === 'unreadable' ? reading.reason : undefined
    }
    assert.is(reason([]), 'payload is not an object')
    assert.is(reason({ hook_event_name: 'AfterTool' }), 'payload has no session_id')
    assert.is(reason({ session_id: 's1' }), 'payload has no hook_event_name')
  })

  it('survives any payload', () => {
    const keys = fc.constantFrom('session_id', 'hook_event_name', 'timestamp', 'source', 'reason', 'cwd', 'x')
    const names = fc.constantFrom('SessionStart', 'SessionEnd', 'BeforeAgent', 'constructor', '__proto__')
    fc.assert(fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.oneof(fc.jsonValue(), names))), (payload) => {
      parseHook({ agent: 'gemini', receivedAt: 5, payload })
    }), { numRuns: 500 })
  })
})
