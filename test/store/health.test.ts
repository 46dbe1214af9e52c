// Breaks the records, and lets doctor name and mend it. Nothing recorded is ever lost by that.

import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { formatMessage } from '../../src/store/inbox.ts'
import { changeStore, doctor, HOUR, lineOf, makeOld, MINUTE, play, told } from '../support/doctor.ts'
import { playClaude } from '../support/player.ts'
import { makeInitialised } from '../support/repository.ts'
import type { TestRepository } from '../support/repository.ts'
import { describe } from '../support/suite.ts'

describe('the live store', (it) => {
  it('that is damaged is named, and never taken away', async () => {
    const repository = await makeInitialised()
    await play(repository)
    await repository.waitForIdle()
    writeFileSync(join(repository.bitloopsHome, 'live.db'), 'This is no database, whatever its name says.'.repeat(200))
    rmSync(join(repository.bitloopsHome, 'live.db-wal'), { force: true })
    const before = readFileSync(join(repository.bitloopsHome, 'live.db'))
    const diagnosis = await doctor(repository, '--fix')
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis), /fail live-store: the live store is damaged: file is not a database/)
    assert.match(told(diagnosis), /→ move .*live\.db away/)
    assert.equal(readFileSync(join(repository.bitloopsHome, 'live.db')), before)
    repository.remove()
  })

  it('that is damaged in a page only is named', async () => {
    const repository = await makeInitialised()
    await play(repository)
    await repository.waitForIdle()
    changeStore(repository, 'PRAGMA wal_checkpoint(TRUNCATE)')
    const path = join(repository.bitloopsHome, 'live.db')
    const bytes = readFileSync(path)
    bytes.fill(0xaa, 4096 * 3, 4096 * 9)
    writeFileSync(path, bytes)
    assert.match(told(await doctor(repository)), /fail live-store: the live store is damaged/)
    repository.remove()
  })

  it('of a newer version is named, and not touched', async () => {
    const repository = await makeInitialised()
    await play(repository)
    changeStore(repository, 'PRAGMA user_version = 99')
    const diagnosis = await doctor(repository, '--fix')
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis), /newer git-bitloops \(format 99\) → update git-bitloops/)
    repository.remove()
  })

  it('that others may read is named and closed to them', async () => {
    const repository = await makeInitialised()
    await play(repository)
    chmodSync(repository.bitloopsHome, 0o755)
    chmodSync(join(repository.bitloopsHome, 'live.db'), 0o644)
    assert.match(told(await doctor(repository)), /fail rights: others on this machine can read .*bitloops, .*live\.db/)
    assert.is((await doctor(repository, '--fix')).code, 0)
    assert.is(statSync(repository.bitloopsHome).mode & 0o777, 0o700)
    assert.is(statSync(join(repository.bitloopsHome, 'live.db')).mode & 0o777, 0o600)
    assert.is(told(await doctor(repository)), '')
    repository.remove()
  })
})

describe('the inbox', (it) => {
  const deliver = (repository: TestRepository, name: string, payload: unknown, ageMs: number): void => {
    const path = join(repository.bitloopsHome, 'inbox', 'new', name)
    const bytes = Buffer.from(JSON.stringify(payload))
    writeFileSync(path, formatMessage({ agent: 'claude-code', projectDir: repository.root }, bytes))
    makeOld(path, ageMs)
  }
  const session_id = '6a1f2b34-0000-4000-8000-000000000001'
  const start = { hook_event_name: 'SessionStart', session_id, source: 'startup' }

  it('where payloads wait and nobody comes is named and drained; nothing is lost', async () => {
    const repository = await makeInitialised()
    deliver(repository, 'old', { ...start, cwd: repository.root, transcript_path: '/nowhere.jsonl' }, 5 * MINUTE)
    writeFileSync(join(repository.bitloopsHome, 'drain.starting'), '')
    makeOld(join(repository.bitloopsHome, 'drain.starting'), 5 * MINUTE)
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /1 delivered payload not taken in, the oldest from 5m ago/)
    assert.match(told(diagnosis), /a drain was to be started, and never came/)
    const { mended } = await doctor(repository, '--fix')
    assert.equal(mended, [{ message: 'the inbox: 1 payload taken in', done: true }])
    assert.is(told(await doctor(repository)), '')
    assert.match(lineOf(await doctor(repository), 'live-store').message, /1 session,/)
    repository.remove()
  })

  it('with payloads of this moment is fine', async () => {
    const repository = await makeInitialised()
    deliver(repository, 'new', start, 0)
    assert.is(told(await doctor(repository)), '')
    repository.remove()
  })

  it('CAP-17 that set payloads aside tells how many, and why', async () => {
    const repository = await makeInitialised()
    const claude = playClaude(repository)
    await claude.deliver('PostToolUse', '')
    await claude.deliver('PostToolUse', '{"hook_event_name": "Post')
    await repository.waitForIdle()
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /warn inbox: 2 payloads made no sense and stayed out: .*empty payload \(1\)/)
    repository.remove()
  })
})

describe('what was found on the way', (it) => {
  it('CAP-18 is listed with counts: unknown tools and lines, transcripts that were replaced', async () => {
    const repository = await makeInitialised()
    await play(repository)
    const now = Date.now()
    changeStore(repository, `INSERT INTO findings (kind, what, detail, count, first_at, last_at) VALUES
      ('tool', 'mcp__files__patch', 'claude-code', 4, ${now}, ${now}), ('line', 'x-new', '', 2, ${now}, ${now}),
      ('transcript-replaced', 'abc', '', 1, ${now}, ${now - 3 * HOUR})`)
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /unknown tools: mcp__files__patch \(4\), last just now; files they change are found/)
    assert.match(told(diagnosis), /unknown kinds of transcript lines: x-new \(2\)/)
    assert.match(told(diagnosis), /transcripts replaced by others: abc \(1\), last 3h ago/)
    repository.remove()
  })

  it('CAP-22 STA-03 failures of hooks are told, from the log and from where the log could not be written', async () => {
    const repository = await makeInitialised()
    const at = (ageMs: number): string => new Date(Date.now() - ageMs).toISOString()
    appendFileSync(join(repository.bitloopsHome, 'log'), `${at(30 * 24 * HOUR)}\tdrain\told news\n`, { mode: 0o600 })
    assert.match(lineOf(await doctor(repository), 'log').message, /for a week \(the last one 30d ago\)/)
    const locked = `${at(2 * HOUR)}\tpost-commit\tthe database is \u001b[31mlocked\n`
    appendFileSync(join(repository.bitloopsHome, 'log'), locked)
    const other = join(repository.home, '.local/state/git-bitloops')
    mkdirSync(other, { recursive: true })
    writeFileSync(join(other, 'log'), `${at(5 * MINUTE)}\tagent-hook\ta payload could not be written to the inbox\n`)
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /warn log: post-commit failed 2h ago: the database is /)
    assert.match(told(diagnosis), /warn log: agent-hook failed 5m ago: a payload could not be written to the inbox/)
    assert.not.match((await repository.bitloops('doctor')).stdout, /\u001b/)
    repository.remove()
  })
})

describe('sessions', (it) => {
  it('STA-02 that fell silent in a turn, and ended ones with edits in no commit, are named', async () => {
    const repository = await makeInitialised()
    await play(repository)
    await repository.waitForIdle()
    const then = Date.now() - 2 * 24 * HOUR
    changeStore(repository, `UPDATE sessions SET open_turn = 't', last_event_at = ${Date.now() - 40 * MINUTE}`)
    assert.match(told(await doctor(repository)),
      /warn sessions: 1 session in the middle of a turn, but silent: claude-code \w{8} \(40m ago\)/)
    changeStore(repository, `UPDATE sessions SET open_turn = NULL, ended_at = ${then}, last_event_at = ${then}`)
    assert.match(told(await doctor(repository)),
      /warn sessions: 1 session over, with edits that are in no commit: .* \(2d ago\)/)
    repository.remove()
  })

  it('whose commit no hook saw are named, and the commit gets its checkpoint', async () => {
    const repository = await makeInitialised()
    await play(repository)
    await repository.waitForIdle()
    await repository.sh('git add a.txt && git -c core.hooksPath=/dev/null commit --quiet -m Unseen')
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    assert.match(told(diagnosis), /warn missed: HEAD of .* moved unseen/)
    const { mended } = await doctor(repository, '--fix')
    assert.equal(mended, [
      { message: 'what no hook told of: 0 sessions found, 1 checkpoint made, 0 commits linked', done: true },
    ])
    assert.is(told(await doctor(repository)), '')
    assert.is((await repository.bitloops('explain')).code, 0)
    repository.remove()
  })

  it('whose hooks never fired are found by their transcript', async () => {
    const repository = await makeInitialised()
    const claude = playClaude(repository, { noHooks: true })
    await claude.prompt('Write it')
    await claude.write('a.txt', 'one\n')
    await claude.stop('Done.')
    const { mended } = await doctor(repository, '--fix')
    assert.match(mended![0]!.message, /1 session found/)
    assert.equal((await doctor(repository, '--fix')).mended, [])
    repository.remove()
  })
})
