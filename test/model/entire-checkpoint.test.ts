// What Entire writes of a session: metadata.json as its documentation shows it, and prompts.

import fc from 'fast-check'
import * as assert from 'uvu/assert'
import {
  entirePath, parseEntireMetadata, parseEntireTrailers, readEntirePrompts,
} from '../../src/model/entire-checkpoint.ts'
import { describe } from '../support/suite.ts'

const metadata = {
  cli_version: '0.9.0', checkpoint_id: 'abc123def456', session_id: '2025-12-01-8f76b0e8-b8f1-4a87-9186-848bdd83d62e',
  strategy: 'manual-commit', created_at: '2025-12-01T12:34:56Z', branch: 'main', checkpoints_count: 3,
  files_touched: ['file1.txt', 'file2.txt', 7], agent: 'Gemini CLI', model: 'gemini-3-pro',
  checkpoint_transcript_start: 12,
  token_usage: {
    input_tokens: 1500, cache_creation_tokens: 200, cache_read_tokens: 800, output_tokens: 500, api_call_count: 3,
  },
}

describe('parseEntireMetadata', (it) => {
  it('reads agent, session, model, branch, files, place and tokens', () => {
    assert.equal(parseEntireMetadata(JSON.stringify(metadata)), {
      agent: 'gemini', session: '8f76b0e8-b8f1-4a87-9186-848bdd83d62e', models: ['gemini-3-pro'], branch: 'main',
      createdAt: Date.parse('2025-12-01T12:34:56Z'), files: ['file1.txt', 'file2.txt'], firstLine: 12,
      usage: { input: 1500, output: 500, cacheRead: 800, cacheWrite: 200 },
    })
  })

  it('knows the agents that Entire knows, and leaves what it does not know as it is', () => {
    const agentOf = (agent: string | undefined): string | undefined =>
      parseEntireMetadata(JSON.stringify({ ...metadata, agent }))?.agent
    const names = ['Claude Code', 'Codex', 'Copilot CLI', 'Cursor', 'Factory AI Droid', 'Gemini CLI', 'OpenCode', 'Pi']
    assert.equal(names.map(agentOf),
      ['claude-code', 'codex', 'copilot', 'cursor', 'factory-ai-droid', 'gemini', 'opencode', 'pi'])
    assert.is(agentOf(undefined), 'claude-code')
  })

  it('takes what is there, tells no tokens where there are none, and refuses what names no session', () => {
    assert.equal(parseEntireMetadata('{"session_id":"s"}'),
      { agent: 'claude-code', session: 's', models: [], files: [], firstLine: 0 })
    assert.is(parseEntireMetadata('{"checkpoint_id":"abc123def456","sessions":[]}'), undefined)
    assert.is(parseEntireMetadata('{'), undefined)
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => { parseEntireMetadata(text) }))
    fc.assert(fc.property(fc.dictionary(fc.constantFrom(...Object.keys(metadata)), fc.jsonValue()), (json) => {
      parseEntireMetadata(JSON.stringify(json))
    }))
  })
})

describe('what else Entire writes', (it) => {
  it('is named in trailers by whole ids', () => {
    const ulid = '01KVBJCWYA4YW6J5M9GP655HZN'
    const values = ['a3b2c4d5e6f7', ` ${ulid} `, 'a3b2c4d5e6f7', '../../x', 'a3b2']
    assert.equal(parseEntireTrailers(values), ['a3b2c4d5e6f7', ulid])
    assert.is(entirePath('a3b2c4d5e6f7'), 'a3/b2c4d5e6f7')
  })

  it('are prompts between dashes, a turn each', () => {
    const { events, turns } = readEntirePrompts('First\n\nwith a gap\n\n---\n\nSecond\n\n---\n\n', 5)
    assert.equal(events.map((event) => event.kind === 'prompt' && [event.text, event.origin, event.at]),
      [['First\n\nwith a gap', 'human', 5], ['Second', 'human', 5]])
    assert.equal(turns.map(({ turn, number }) => [turn, number]), events.map(({ turn }, at) => [turn, at + 1]))
  })
})
