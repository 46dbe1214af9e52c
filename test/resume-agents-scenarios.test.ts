// Going on with sessions of every agent, each recorded with the real client on another machine.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { checkpointPath } from '../src/model/checkpoint.ts'
import { AGENT_NAMES } from '../src/model/ids.ts'
import type { AgentName, Oid, SessionId } from '../src/model/ids.ts'
import { chainDigest } from '../src/model/slices.ts'
import { checkpointRecord, sessionRecord, writeCheckpoints } from './support/checkpoint-fixture.ts'
import { makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { PROJECT } from './support/sandbox.ts'
import { describe } from './support/suite.ts'
import { transcriptPath } from './support/transcript.ts'

/** One commit that sessions of all agents led to, each recorded with the real client on another machine. */
async function recordAll(repository: TestRepository): Promise<Readonly<Record<AgentName, SessionId>>> {
  const recorded = {
    'claude-code': [
      '76fa4d34-4f4c-475f-ab9b-2fe870c794a6',
      'agents/claude-code/transcripts/01-tools/-home-dev-project/76fa4d34-4f4c-475f-ab9b-2fe870c794a6.jsonl',
    ],
    codex: ['01a1f9f5-9e4a-7b52-aa27-0f0b32f38a8b', 'resume/codex.jsonl'],
    copilot: ['a45fc7d8-7e67-4302-ac91-64d256a38476', 'resume/copilot.jsonl'],
    cursor: ['5f0c6a52-2d0b-4c0e-9a41-6f6f0d0c7b11', 'resume/cursor.jsonl'],
    gemini: ['852c264c-7f02-499d-84f0-13847ecd8b29', 'resume/gemini.jsonl'],
    opencode: ['ses_e05ff0243ffeAUwKL6Ns8TgIoY', 'resume/opencode.jsonl'],
  } as unknown as Readonly<Record<AgentName, readonly [SessionId, string]>>
  const commit = await repository.commit('Begin', { 'src/auth.ts': 'export {}\n' })
  const record = checkpointRecord(commit)
  const natives = AGENT_NAMES.map((agent) => {
    const [session, path] = recorded[agent]
    return { agent, session, text: readFileSync(join(PROJECT, 'fixtures', path), 'utf8') }
  })
  const sessions = natives.map(({ agent, session, text }) => sessionRecord({
    agent, session, transcript: {
      path: `native/${agent}-${session}.jsonl`, from: 0, to: text.trimEnd().split('\n').length,
      digest: chainDigest('', text),
    },
  }))
  const folder = checkpointPath(commit as Oid, record.id)
  await writeCheckpoints(repository, [{ record: { ...record, sessions } }], Object.fromEntries(
    natives.map(({ agent, session, text }) => [`${folder}/native/${agent}-${session}.jsonl`, text])))
  return Object.fromEntries(natives.map(({ agent, session }) => [agent, session])) as Record<AgentName, SessionId>
}

describe('resume of every agent', (it) => {
  it('RES-02 prints the real command of each agent, with its transcript where it looks for it', async () => {
    const repository = await makeRepository()
    const sessions = await recordAll(repository)
    const { code, stdout, stderr } = await repository.bitloops('resume')
    assert.is(code, 0, stderr)
    const commands = new Set(stdout.trimEnd().split('\n'))
    const { root, home } = repository
    const imported = join(home, '.local/state/git-bitloops/resume', `opencode-${sessions['opencode']}.json`)
    assert.equal([...commands].sort(), [
      `claude --resume ${sessions['claude-code']}`, `codex resume ${sessions['codex']}`,
      `copilot --resume=${sessions['copilot']}`, `cursor-agent --resume ${sessions['cursor']}`,
      `gemini --resume ${sessions['gemini']}`, `opencode import ${imported}`,
      `opencode --session ${sessions['opencode']}`,
    ].sort())
    assert.match(stderr, 'Cursor documents no way')
    const files = {
      'claude-code': transcriptPath(home, root, sessions['claude-code']),
      codex: join(home, '.codex/sessions/2026/11/20', `rollout-2026-11-20T17-16-26-${sessions['codex']}.jsonl`),
      copilot: join(home, '.copilot/session-state', sessions['copilot'], 'events.jsonl'),
      gemini: join(home, '.gemini/tmp/project/chats/session-2026-11-20T17-23-852c264c.jsonl'),
      opencode: imported,
    }
    for (const [agent, path] of Object.entries(files)) {
      const text = readFileSync(path, 'utf8')
      assert.match(text, root, `${agent}: paths of this machine`)
      assert.not.match(text, '/home/dev/project', `${agent}: no path of the other one`)
      assert.match(text, sessions[agent as AgentName])
    }
    assert.is(readFileSync(join(home, '.gemini/tmp/project/.project_root'), 'utf8'), root)
    assert.match(readFileSync(join(home, '.copilot/session-state', sessions['copilot'], 'workspace.yaml'), 'utf8'),
      `git_root: "${root}"`)
    assert.equal(Object.keys(JSON.parse(readFileSync(imported, 'utf8')) as object), ['info', 'messages'])
    // A second time all is there, but for what only OpenCode itself could tell.
    const again = await repository.bitloops('resume', '--json')
    const outcomes = (JSON.parse(again.stdout) as { sessions: { agent: string; transcript: { kind: string } }[] })
      .sessions.map(({ agent, transcript }) => `${agent} ${transcript.kind}`)
    assert.equal(outcomes.sort(), [
      'claude-code kept', 'codex kept', 'copilot kept', 'cursor elsewhere', 'gemini kept', 'opencode written',
    ])
    repository.remove()
  })

  it('RES-02 refuses ids that are no plain names', async () => {
    const repository = await makeRepository()
    const commit = await repository.commit('Begin', { 'a.txt': 'a\n' })
    await writeCheckpoints(repository, [{ record: checkpointRecord(commit, {
      sessions: [sessionRecord({ session: '--help; rm -rf ~' as SessionId })],
    }) }])
    const { code, stdout, stderr } = await repository.bitloops('resume')
    assert.equal([code, stdout], [1, ''])
    assert.match(stderr, 'its id is no plain name')
    repository.remove()
  })
})
