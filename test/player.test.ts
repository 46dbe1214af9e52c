// The player itself: whoever tests by it must be able to trust it.

import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { playClaude } from './support/player.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe, rejects } from './support/suite.ts'
import { patchOf } from './support/patch.ts'

const EVENTS = [
  'SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'Stop', 'SessionEnd',
]

/** A repository whose only hook notes each payload, and how many lines the transcript had by then. */
async function makeListening(command = '{ cat; echo; } >> "$HOME/heard"'): Promise<TestRepository> {
  const repository = await makeRepository()
  const hooks = Object.fromEntries(EVENTS.map((event) => [event, [{ hooks: [{ type: 'command', command }] }]]))
  repository.write('.claude/settings.local.json', JSON.stringify({ hooks }))
  return repository
}

const heard = (repository: TestRepository): readonly Record<string, unknown>[] =>
  readLines(`${repository.home}/heard`)

const readLines = (file: string): readonly Record<string, unknown>[] =>
  readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)

describe('playClaude', (it) => {
  it('delivers what the client delivers, in its order', async () => {
    const repository = await makeListening()
    const claude = playClaude(repository)
    await claude.start()
    await claude.prompt('Say hello')
    await claude.write('hello.txt', 'hello\n')
    await claude.bash('exit 3')
    await claude.stop('Done.')
    await claude.end()
    const payloads = heard(repository)
    assert.equal(payloads.map((payload) => payload['hook_event_name']), [
      'SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'PreToolUse', 'PostToolUseFailure',
      'Stop', 'SessionEnd',
    ])
    assert.ok(payloads.every((payload) => payload['session_id'] === claude.session))
    assert.is(payloads[0]!['prompt_id'], undefined)
    assert.is(payloads[6]!['last_assistant_message'], 'Done.')
    assert.is(repository.read('hello.txt'), 'hello\n')
  })

  it('writes the lines of a message after its tools ran, and the last answer after the stop hook', async () => {
    const path = 'sed \'s/.*"transcript_path":"\\([^"]*\\)".*/\\1/\''
    const repository = await makeListening(`cat "$(${path})" 2>/dev/null | wc -l >> "$HOME/lines"`)
    const claude = playClaude(repository)
    await claude.prompt('Say hello')
    await claude.think('A file will do.')
    await claude.write('hello.txt', 'hello\n')
    await claude.stop('Done.')
    const counts = readFileSync(`${repository.home}/lines`, 'utf8').trim().split('\n').map(Number)
    assert.equal(counts, [0, 1, 1, 4], 'UserPromptSubmit, PreToolUse, PostToolUse, Stop')
    assert.equal(readLines(claude.transcript.path).map((line) => line['type']),
      ['user', 'assistant', 'assistant', 'user', 'assistant', 'system'])
  })

  it('runs commands as the agent does, and its hooks in the project of the session', async () => {
    const repository = await makeListening()
    const claude = playClaude(repository)
    const outcome = await claude.bash('echo "$CLAUDECODE $CLAUDE_CODE_SESSION_ID$CLAUDE_PROJECT_DIR"')
    assert.is(outcome.stdout, `1 ${claude.session}\n`)
  })

  it('fails a test whose hook fails or chatters', async () => {
    const failing = playClaude(await makeListening('exit 2'))
    assert.match((await rejects(failing.start())).message, 'ended with 2')
    const chattering = playClaude(await makeListening('echo hello'))
    assert.match((await rejects(chattering.start())).message, 'JSON')
  })
})

describe('patchOf', (it) => {
  it('tells what changed with three lines around it', () => {
    assert.equal(patchOf('a\nb\nc\nd\ne\n', 'a\nb\nc\nd\nE\nf\n'), [
      { oldStart: 2, oldLines: 4, newStart: 2, newLines: 5, lines: [' b', ' c', ' d', '-e', '+E', '+f'] },
    ])
  })
  it('tells nothing of equal texts', () => { assert.equal(patchOf('a\n', 'a\n'), []) })
})
