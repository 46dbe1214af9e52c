// Old sessions and the commits they led to: recordings of the real agents, played without hooks.

import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { AgentAdapter } from '../src/agents/agent.ts'
import { claudeCode } from '../src/agents/claude-code/adapter.ts'
import { codex } from '../src/agents/codex/adapter.ts'
import { copilot } from '../src/agents/copilot/adapter.ts'
import { cursor } from '../src/agents/cursor/adapter.ts'
import { gemini } from '../src/agents/gemini/adapter.ts'
import { opencode } from '../src/agents/opencode/adapter.ts'
import { readLinked, readOnly } from './support/checkpoints.ts'
import { commitAt, leaveRecording, runImport } from './support/old-session.ts'
import { makeInitialised, makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'

const MINUTE = 60_000

async function inRepository(work: (repository: TestRepository) => Promise<void>): Promise<void> {
  const repository = await makeInitialised()
  try {
    await work(repository)
  } finally {
    repository.remove()
  }
}

/** What must not change where nothing is to be written. */
const stateOf = async (repository: TestRepository): Promise<string> => [
  await repository.git('for-each-ref'), await repository.git('status', '--porcelain', '--ignored'),
  (await repository.sh(`ls -A '${repository.bitloopsHome}' | grep -v '^live.db\\|^import.lock$'`)).stdout,
  (await repository.sh('ls -A .bitloops/checkpoints 2>&1')).stdout,
].join('\n')

interface Recorded {
  readonly adapter: AgentAdapter
  readonly capture: string
  readonly session: string
  readonly asked: string
  readonly paths: readonly string[]
}

const TASK = 'Add token auth to this project and commit it'
const RECORDED: readonly Recorded[] = [
  { adapter: claudeCode, capture: '01-tools', session: '76fa4d34-4f4c-475f-ab9b-2fe870c794a6',
    asked: 'Add an auth module with login and logout', paths: ['docs/auth.md', 'src/auth.ts', 'src/token.ts'] },
  { adapter: codex, capture: 'basic', session: '01a1f9f5-7481-73c2-83f4-3c02f354f5c4', asked: TASK,
    paths: ['src/auth.ts'] },
  { adapter: copilot, capture: 'basic', session: 'a45fc7d8-7e67-4302-ac91-64d256a38476', asked: TASK,
    paths: ['src/auth.ts'] },
  { adapter: cursor, capture: 'import', session: '5f0c6a52-2d0b-4c0e-9a41-6f6f0d0c7b11', asked: TASK,
    paths: ['src/auth.ts'] },
  { adapter: gemini, capture: 'basic', session: '852c264c-7f02-499d-84f0-13847ecd8b29', asked: TASK,
    paths: ['src/auth.ts'] },
  { adapter: opencode, capture: 'basic', session: 'ses_e05ff4edaffe40Issgbj4ko7uv', asked: TASK,
    paths: ['src/auth.ts'] },
]

describe('git bitloops import', (it) => {
  for (const { adapter, capture, session, asked, paths } of RECORDED) {
    it(`AGT-13 links a session of ${adapter.title} to the commit that has its lines, and to no other`,
      () => inRepository(async (repository) => {
      const old = leaveRecording(repository, adapter, capture)
      repository.write('src/other.ts', 'export const other = 1\n')
      const before = await commitAt(repository, 'By hand, before', old.lastEditAt - 60 * MINUTE)
      old.makeFiles()
      const led = await commitAt(repository, 'Add auth', old.lastEditAt + MINUTE)
      repository.write('src/auth.ts', `${repository.read('src/auth.ts')}// Looked at by a person.\n`)
      const after = await commitAt(repository, 'By hand, after', old.lastEditAt + 2 * MINUTE)

      const untouched = await stateOf(repository)
      const planned = await runImport(repository, '--dry-run')
      assert.is(await stateOf(repository), untouched)
      const done = await runImport(repository)
      assert.equal(planned.commits, done.commits.map(({ checkpoint: _id, ...commit }) => commit))

      assert.equal(done.commits.map(({ commit, subject }) => [commit, subject]), [[led, 'Add auth']])
      const { link, record, entries } = await readOnly(repository, led)
      assert.equal([link.by, link.evidence], ['import', 'commit'])
      assert.equal(record.sessions.map((one) => [one.agent, one.session, one.foundBy]),
        [[adapter.name, session, 'import']])
      assert.equal(record.evidence, [{ session, why: 'edits', paths, late: true }])
      assert.equal(record.files.map(({ path }) => path), paths)
      assert.is(record.sessions[0]!.turns[0]!.prompt, asked)
      assert.ok(entries.some(({ kind }) => kind === 'response'))
      for (const commit of [before, after]) assert.equal(await readLinked(repository, commit), [])

      const tips = await repository.git('for-each-ref', 'refs/bitloops', 'refs/notes')
      const again = await runImport(repository)
      assert.equal([again.commits, again.sessions.unchanged], [[], again.sessions.found])
      assert.is(await repository.git('for-each-ref', 'refs/bitloops', 'refs/notes'), tips)
      const status = await repository.bitloops('status')
      assert.not.match(status.output, /Drafts:/)
      assert.not.ok(existsSync(join(repository.bitloopsHome, 'pending')))
    }))
  }

  it('AGT-14 finds sessions where their agents\' homes were moved to', () => inRepository(async (repository) => {
    const moved = (name: string): string => join(repository.sandbox.folder, 'moved', name)
    const places: readonly (readonly [AgentAdapter, string, string, string])[] = [
      [claudeCode, '01-tools', 'CLAUDE_CONFIG_DIR', 'projects'], [codex, 'basic', 'CODEX_HOME', 'sessions'],
      [opencode, 'basic', 'XDG_DATA_HOME', 'opencode'], [gemini, 'basic', 'GEMINI_CLI_HOME', '.gemini/tmp'],
      [copilot, 'basic', 'COPILOT_HOME', 'session-state'],
    ]
    for (const [adapter, capture, variable, below] of places) {
      leaveRecording(repository, adapter, capture, join(moved(variable), below))
      const find = async (env: Readonly<Record<string, string>>): Promise<readonly string[]> => {
        const { stdout } = await repository.sh(`git bitloops import --dry-run --json --agent ${adapter.name}`,
          { env: { ...repository.env, ...env } })
        return (JSON.parse(stdout) as { sessions: { found: number } }).sessions.found > 0 ? ['found'] : []
      }
      assert.equal([await find({}), await find({ [variable]: moved(variable) })], [[], ['found']], adapter.name)
    }
  }))

  it('tells on a screen what it would link, and why', () => inRepository(async (repository) => {
    const old = leaveRecording(repository, codex, 'basic')
    old.makeFiles()
    const commit = await commitAt(repository, 'Add auth', old.lastEditAt + MINUTE)
    const { stdout, stderr } = await repository.bitloops('import', '--dry-run')
    assert.is(stderr, '')
    assert.is(stdout, [
      '1 commit would be linked:',
      `  ${commit.slice(0, 10)} Add auth`,
      '    codex 01a1f9f5: 2 edits, the last 59s before',
      '      src/auth.ts: 7 of 7 added lines',
      '',
      '1 session looked at: 1 to link, 0 without anything to link.',
      '',
    ].join('\n'))
    const explained = await repository.bitloops('import').then(() => repository.bitloops('explain', commit))
    assert.match(explained.stdout, /found\s+later, since no hook saw the commit/)
    assert.match(explained.stdout, /imported from what its agent keeps/)
  }))

  it('looks only at the sessions of an agent, or those gone on with since a date', () =>
    inRepository(async (repository) => {
    leaveRecording(repository, codex, 'basic')
    leaveRecording(repository, gemini, 'basic')
    const count = async (...args: readonly string[]): Promise<number> =>
      (await runImport(repository, '--dry-run', ...args)).sessions.found
    assert.is(await count(), 2)
    assert.is(await count('--agent', 'codex'), 1)
    assert.is(await count('--agent', 'codex,gemini'), 2)
    assert.is(await count('--since', '2026-11-20T17:20:00Z'), 1)
    const unknown = await repository.bitloops('import', '--agent', 'clippy')
    assert.equal([unknown.code, /no agent is called 'clippy'/.test(unknown.stderr)], [128, true])
  }))

  it('takes the transcripts of subagents that lie among the sessions\' own', () => inRepository(async (repository) => {
    const old = leaveRecording(repository, codex, 'subagent-v2')
    repository.write('src/child.ts', 'export const child = true;\n')
    const commit = await commitAt(repository, 'Add child', old.lastEditAt + MINUTE)
    const { sessions } = await runImport(repository)
    assert.equal([sessions.found, sessions.linked], [1, 1])
    const { record, entries } = await readOnly(repository, commit)
    assert.is(record.sessions[0]!.subagents.length, 1)
    assert.ok(entries.some(({ kind, subagent }) => kind === 'file-change' && subagent !== undefined))
  }))

  it('takes the subagents of old clients, which lie beside their sessions', () => inRepository(async (repository) => {
    const old = leaveRecording(repository, claudeCode, '15-old-client-2.0.76')
    repository.write('docs/auth.md', '# Auth\n\nlogin and logout.\n')
    const commit = await commitAt(repository, 'Document', old.lastEditAt + MINUTE)
    await runImport(repository)
    const { record, entries } = await readOnly(repository, commit)
    assert.equal(record.sessions.map(({ session }) => session), ['2ebe12d8-20c0-44be-9a8a-c0bfca411221'])
    assert.ok(entries.some(({ subagent }) => subagent === 'a134024'))
  }))

  it('counts a copied conversation once, for the session that it was copied from', () =>
    inRepository(async (repository) => {
    const old = leaveRecording(repository, claudeCode, '01-tools')
    old.makeFiles()
    const commit = await commitAt(repository, 'Add auth', old.lastEditAt + MINUTE)
    assert.is((await runImport(repository)).sessions.found, 2)
    const { record } = await readOnly(repository, commit)
    assert.equal(record.sessions.map(({ session }) => session), ['76fa4d34-4f4c-475f-ab9b-2fe870c794a6'])
  }))

  it('passes over files that are no transcripts, broken, or links to elsewhere', () =>
    inRepository(async (repository) => {
    const old = leaveRecording(repository, codex, 'basic')
    old.makeFiles()
    const commit = await commitAt(repository, 'Add auth', old.lastEditAt + MINUTE)
    const folder = join(repository.home, '.codex/sessions/2026/11/20')
    mkdirSync(folder, { recursive: true })
    const names = ['rollout-2026-11-20T10-00-00-01a1f9f5-7481-73c2-83f4-000000000001.jsonl', 'notes.txt', 'x.jsonl']
    for (const name of names) {
      writeFileSync(join(folder, name), Buffer.from([0xff, 0xfe, 10, 123, 10, 0]))
      utimesSync(join(folder, name), 1, 1)
    }
    await repository.sh(`ln -s /etc/passwd '${join(folder, names[0]!.replace('01.jsonl', '02.jsonl'))}'`)
    assert.equal((await runImport(repository)).commits.map((one) => one.commit), [commit])
  }))

  it('wants init first, and works on nothing where no session is', async () => {
    const repository = await makeRepository()
    const refused = await repository.bitloops('import')
    assert.equal([refused.code, /not set up/.test(refused.stderr)], [128, true])
    await repository.commit('Begin', { 'a.txt': 'a\n' })
    await repository.bitloops('init', '--agent', 'claude-code')
    const { code, stdout } = await repository.bitloops('import')
    assert.equal([code, stdout], [0, 'No agent keeps a session of this repository.\n'])
    repository.remove()
  })
})
