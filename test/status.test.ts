// status: what is read out of the live store, and the blocks that the built program prints.

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readConfigAndHooks } from '../src/git/config.ts'
import { openRepository } from '../src/git/repository.ts'
import { readStatus } from '../src/status.ts'
import { openLiveStore } from '../src/store/live.ts'
import { makeInitialised, makeRepository, repositoryAt } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import type { StatusReport } from '../src/model/status-report.ts'
import { describe } from './support/suite.ts'

const NOW = Date.parse('2026-11-20T18:00:00Z')
const MINUTE = 60_000

async function statusOf({ root, env }: TestRepository): Promise<StatusReport> {
  const repository = await openRepository(root, env)
  return await readStatus(repository, await readConfigAndHooks(repository), NOW)
}

interface SessionRow {
  readonly id: string
  readonly startedAgo: number
  readonly silentFor: number
  readonly ended?: boolean
  readonly prompt?: string
}

/** Sessions as the drain leaves them; `ago` in minutes. */
async function addSessions(repository: TestRepository, sessions: readonly SessionRow[]): Promise<void> {
  const store = await openLiveStore(repository.bitloopsHome)
  for (const { id, startedAgo, silentFor, ended, prompt } of sessions) {
    const last = NOW - silentFor * MINUTE
    const { row } = store.get<{ row: number }>(
      `INSERT INTO sessions (agent, session_id, worktree, started_at, last_event_at, ended_at, open_turn)
       VALUES ('claude-code', ?, ?, ?, ?, ?, 't1') RETURNING id AS row`,
      id, repository.root, NOW - startedAgo * MINUTE, last, ended === true ? last : null)!
    if (prompt === undefined) continue
    const body = (text: string): string => JSON.stringify({ kind: 'prompt', text, origin: 'human' })
    const { event } = store.get<{ event: number }>(
      `INSERT INTO events (session, event_id, source, rank, kind, turn, at, body)
       VALUES (?, 'p1', 'hook', 1, 'prompt', 't1', ?, ?) RETURNING id AS event`, row, last, body(`raw ${prompt}`))!
    store.run('INSERT INTO redactions (event, rules, body) VALUES (?, 1, ?)', event, body(prompt))
  }
  store.close()
}

async function addEdit(repository: TestRepository, path: string): Promise<void> {
  const store = await openLiveStore(repository.bitloopsHome)
  store.run(
    `INSERT INTO edits (session, event_id, turn, worktree, path, change, evidence, at)
     VALUES (1, ?, 't1', ?, ?, 'modify', 'tool', ?)`, path, repository.root, path, NOW - 10 * MINUTE)
  store.close()
}

describe('readStatus', (it) => {
  it('calls a session active while it is heard of, and idle after half an hour of silence', async () => {
    const repository = await makeInitialised()
    await addSessions(repository, [{ id: 'killed', startedAgo: 300, silentFor: 31 }])
    assert.equal((await statusOf(repository)).store?.active, [])
    await addSessions(repository, [
      { id: 'working', startedAgo: 9, silentFor: 2 }, { id: 'over', startedAgo: 5, silentFor: 1, ended: true },
    ])
    const { store } = await statusOf(repository)
    assert.equal(store?.active.map(({ session }) => session), ['working'])
    assert.is(store?.lastEventAt, NOW - MINUTE)
    repository.remove()
  })

  it('tells of a live store that cannot be read', async () => {
    const repository = await makeInitialised()
    writeFileSync(join(repository.bitloopsHome, 'live.db'), 'not a database')
    assert.equal((await statusOf(repository)).warnings.map(({ code }) => code), ['store'])
    repository.remove()
  })

  it('shows redacted prompts only', async () => {
    const repository = await makeInitialised()
    await addSessions(repository, [{ id: 'one', startedAgo: 9, silentFor: 2, prompt: 'Use [redacted]' }])
    assert.is((await statusOf(repository)).store?.active[0]?.prompt, 'Use [redacted]')
    repository.remove()
  })

  it('counts what no commit has yet, and names a commit that holds some of it without a checkpoint', async () => {
    const repository = await makeInitialised()
    await addSessions(repository, [{ id: 'one', startedAgo: 9, silentFor: 2, prompt: 'Do it' }])
    await addEdit(repository, 'a.txt')
    await addEdit(repository, 'b.txt')
    const drafted = await statusOf(repository)
    assert.equal(drafted.store?.drafts, { turns: 1, edits: 2, files: 2 })
    assert.equal(drafted.warnings, [])

    await repository.git('config', 'core.hooksPath', '/dev/null')
    await repository.commit('Without hooks', { 'a.txt': 'a\n' })
    const codes = (await statusOf(repository)).warnings.map(({ code }) => code)
    assert.equal(codes, ['hooks', 'unlinked'])
    repository.remove()
  })

  it('tells the last failure with its time, and what lies about', async () => {
    const repository = await makeInitialised()
    const inbox = join(repository.bitloopsHome, 'inbox')
    writeFileSync(join(repository.bitloopsHome, 'log'), [
      '2026-10-01T10:00:00.000Z\tpost-commit\tlong ago',
      '2026-11-20T16:00:00.000Z\tdrain\tno room',
      '2026-11-20T16:30:00Z\tpost-commit\tit broke',
      '',
    ].join('\n'))
    mkdirSync(join(inbox, 'new'), { recursive: true })
    writeFileSync(join(inbox, 'new', 'one'), 'x')
    utimesSync(join(inbox, 'new', 'one'), NOW / 1000 - 600, NOW / 1000 - 600)
    writeFileSync(join(inbox, 'quarantine', 'two'), 'x')
    const { warnings } = await statusOf(repository)
    assert.equal(warnings.map(({ code, message }) => [code, message]), [
      ['inbox', '1 payload of agents not taken in'],
      ['quarantine', '1 payload of agents made no sense'],
      ['failure', 'post-commit failed 1h ago: it broke (2 failures in a week)'],
    ])
    repository.remove()
  })
})

describe('git bitloops status', (it) => {
  it('gives one clear block in every kind of repository', async () => {
    const repository = await makeRepository()
    await repository.commit('Begin', { 'a.txt': 'a\n' })
    const block = async (place: TestRepository): Promise<string> => {
      const { code, stdout, stderr } = await place.bitloops('status')
      assert.equal([code, stderr], [0, ''])
      return stdout
    }
    const rest = 'Session:     none\nCheckpoints: 0 total (committed)\n'
    assert.is(await block(repository), `Capture:     not set up (git bitloops init)\nAgents:      none\n${rest}`)
    await repository.bitloops('init', '--agent', 'claude-code')
    assert.is(await block(repository), `Capture:     enabled\nAgents:      claude-code\n${rest}`)
    const linked = await repository.worktree('topic')
    assert.match(await block(linked), /Capture: {5}enabled\n[^]*Repository: {2}linked worktree of \//)
    await repository.bitloops('disable')
    assert.match(await block(repository), /^Capture: {5}disabled \(by \.bitloops\/settings\.local\.json\)\n/)

    const outer = await makeRepository({ beside: repository, at: 'outer' })
    await outer.commit('Begin', { 'b.txt': 'b\n' })
    await outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', repository.root, 'inner')
    const inner = repositoryAt(repository.sandbox, join(outer.root, 'inner'), '')
    assert.match(await block(inner), /Repository: {2}submodule/)
    const bare = await makeRepository({ beside: repository, at: 'bare.git', bare: true })
    assert.match(await block(bare), /Capture: {5}not set up[^]*Repository: {2}bare/)

    const nowhere = await repository.sandbox.run('git', ['bitloops', 'status'], { cwd: repository.home })
    assert.equal([nowhere.code, nowhere.stdout], [128, ''])
    assert.match(nowhere.stderr, /^fatal: not a git repository/)
    repository.remove()
  })

  it('stays parseable with strange prompts, and gives the same twice', async () => {
    const repository = await makeInitialised()
    const store = await openLiveStore(repository.bitloopsHome)
    const soon = Date.now()
    for (const id of ['a\u001b[31m\nb', 'c']) {
      store.run(
        `INSERT INTO sessions (agent, session_id, worktree, started_at, last_event_at)
         VALUES ('claude-code', ?, ?, ?, ?)`, id, '/with "quotes"\n\u202e', soon, soon)
    }
    store.close()
    const json = await repository.bitloops('status', '--json')
    assert.is((JSON.parse(json.stdout) as { schema: number; session: string }).schema, 1)
    assert.not.match(json.stdout, /[\u0000-\u0009\u000b-\u001f\u202e]/)
    assert.is((await repository.bitloops('status', '--json')).stdout, json.stdout)

    const lines = (await repository.bitloops('status', '--porcelain', '-z')).stdout.split('\0')
    assert.is(lines.pop(), '')
    assert.ok(lines.every((line) => /^[a-z-]+ [^\u0000-\u001f\u202e]*$/.test(line)))
    assert.equal(lines.slice(0, 3), ['capture enabled', 'agent claude-code', 'session active'])
    assert.ok(lines.includes(`active claude-code ${soon} ${soon} a b`))

    const { stdout } = await repository.bitloops('status')
    assert.match(stdout, /^Session: {5}active \(started just now\), and 1 more$/m)
    assert.not.match(stdout, /[\u0000-\u0009\u000b-\u001f\u202e]/)
    repository.remove()
  })
})
