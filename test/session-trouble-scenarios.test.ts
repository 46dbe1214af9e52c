// Sessions kept without a commit when something goes wrong or comes in between: kills, silence, compactions within a
// turn, other clones. Whatever happens, an event is told by one checkpoint.

import { existsSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import * as assert from 'uvu/assert'
import { noteOf, readLinked, readOnly, waitForLinked } from './support/checkpoints.ts'
import { cloneOf } from './support/clones.ts'
import { makeKeeping, promptsOf, readAll, readSessions, waitForSessions } from './support/keeping.ts'
import { commitAll, makeInitialised, makeRepository } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import { run } from './support/rewriting.ts'
import { describe } from './support/suite.ts'
import { playStart, playTurn } from './support/turn.ts'

function inStore<Result>(repository: TestRepository, work: (database: Sqlite.Database) => Result): Result {
  const database = new Sqlite(join(repository.bitloopsHome, 'live.db'))
  try {
    return work(database)
  } finally {
    database.close()
  }
}

interface PlanRow { readonly checkpoint: string; readonly state: string; readonly files: string }
const readPlans = (repository: TestRepository): readonly PlanRow[] => inStore(repository, (database) =>
  database.prepare('SELECT checkpoint, state, files FROM plans').all() as PlanRow[])

const LOCK = 'refs/bitloops/checkpoints.lock'

describe('a session that is kept', (it) => {
  it('SES-08 is finished by the next command with the same bytes when the promotion is killed', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'How do others do it?', {})
    await repository.waitForIdle()
    repository.write(`.git/${LOCK}`, '')
    await repository.sandbox.run('git-bitloops', ['promote', '--session'], { cwd: repository.root, timeoutMs: 4000 })
    const [plan] = readPlans(repository)
    assert.is(plan?.state, 'frozen')
    assert.equal(await readAll(repository), [])
    await run(repository, `rm .git/${LOCK}`)
    assert.match((await repository.bitloops('log')).stdout, `${plan!.checkpoint}`)
    const [kept] = await readSessions(repository)
    assert.equal(kept!.record, JSON.parse((JSON.parse(plan!.files) as Record<string, string>)['session.json']!))
    assert.is(readPlans(repository)[0]!.state, 'done')
    repository.remove()
  })

  it('SES-09 is linked by the next command when the commit\'s promotion is killed', async () => {
    const repository = await makeKeeping()
    const claude = await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    await claude.end()
    const [kept] = await waitForSessions(repository, 1)
    await repository.waitForIdle()
    repository.write(`.git/${LOCK}`, '')
    await run(repository, commitAll('A'))
    assert.equal(readPlans(repository).map(({ checkpoint, state }) => [checkpoint, state]),
      [[kept!.record.id, 'done'], [null, 'frozen']])
    await run(repository, `rm .git/${LOCK}`)
    await repository.bitloops('status')
    assert.is((await readOnly(repository)).link.evidence, 'attached')
    assert.equal(await noteOf(repository), kept!.record.note)
    await repository.bitloops('promote')
    assert.is((await repository.tryGit('rev-list', '--count', 'refs/bitloops/checkpoints')).stdout, '2\n')
    repository.remove()
  })

  it('SES-10 is kept after a day of silence, though nobody said that it was over', async () => {
    const repository = await makeKeeping()
    const claude = await playTurn(repository, 'How do others do it?', {})
    await repository.waitForIdle()
    assert.equal(await readAll(repository), [])
    const daysAgo = Date.now() - 25 * 3_600_000
    inStore(repository, (database) => database.prepare('UPDATE sessions SET last_event_at = ?').run(daysAgo))
    assert.match((await repository.bitloops('doctor')).stdout, '1 session over or compacted, and in no checkpoint yet')
    assert.match((await repository.bitloops('doctor', '--fix')).stdout, '1 checkpoint made')
    const [kept] = await readSessions(repository)
    assert.equal(kept!.record.sessions.map(({ session }) => session), [claude.session])
    repository.remove()
  })

  it('SES-10 is kept by whatever command comes a day after, and only then', async () => {
    const repository = await makeKeeping()
    const claude = await playTurn(repository, 'How do others do it?', {})
    await repository.waitForIdle()
    const marker = join(repository.bitloopsHome, 'keep-next')
    const dueInMs = (): number => statSync(marker).mtimeMs - Date.now()
    assert.ok(dueInMs() > 23 * 3_600_000 && dueInMs() < 24 * 3_600_000, `${dueInMs()} ms`)
    await repository.bitloops('log')
    assert.equal(await readAll(repository), [])
    const daysAgo = Date.now() - 25 * 3_600_000
    inStore(repository, (database) => database.prepare('UPDATE sessions SET last_event_at = ?').run(daysAgo))
    utimesSync(marker, daysAgo / 1000 + 24 * 3600, daysAgo / 1000 + 24 * 3600)
    await repository.bitloops('log')
    const [kept] = await readSessions(repository)
    assert.equal(kept!.record.sessions.map(({ session }) => session), [claude.session])
    assert.not(existsSync(marker))
    repository.remove()
  })

  it('SES-11 is compacted in the middle of a turn: the agent\'s commit tells what came since', async () => {
    const repository = await makeKeeping()
    const claude = await playStart(repository)
    await claude.prompt('Write a')
    await claude.write('a.txt', 'a\n')
    await claude.compact('We write a.')
    await waitForSessions(repository, 1)
    await claude.bash(commitAll('A'))
    await claude.stop('It is committed.')
    const linked = await waitForLinked(repository, 3)
    assert.equal(linked.map(({ record }) => record.kind).sort(), ['commit', 'continuation', 'session'])
    assert.equal(linked.flatMap(({ record }) => record.sessions[0]!.turns.flatMap(({ prompt }) => prompt ?? [])),
      ['Write a'])
    repository.remove()
  })

  it('SES-12 that was kept by hand is linked as well, and is gone on with where it ended', async () => {
    const repository = await makeInitialised()
    const claude = await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    await repository.bitloops('promote', '--session')
    const resumed = await repository.bitloops('resume')
    assert.match(resumed.stdout, claude.session)
    await playTurn(repository, 'Write b', { 'b.txt': 'b\n' }, claude)
    await run(repository, commitAll('Both'))
    const linked = await readLinked(repository)
    assert.equal(linked.map(({ record }) => record.kind).sort(), ['commit', 'session'])
    assert.equal(promptsOf(linked).length, 2)
    repository.remove()
  })

  it('SES-13 is found in another clone after a fetch', async () => {
    const remote = await makeRepository({ bare: true, at: 'remote.git' })
    const one = await cloneOf(remote, 'one')
    await one.commit('Begin', { 'README.md': '# Example\n' })
    await one.git('push', '-q', 'origin', 'HEAD')
    const two = await cloneOf(remote, 'two')
    await one.git('config', 'bitloops.strategy', 'session')
    const claude = await playTurn(one, 'How do others do it?', {})
    await claude.end()
    const [kept] = await waitForSessions(one, 1)
    await one.waitForIdle()
    assert.is((await one.bitloops('push')).code, 0)
    assert.is((await two.bitloops('fetch')).code, 0)
    assert.match((await two.bitloops('log')).stdout, kept!.record.id)
    assert.match((await two.bitloops('explain', kept!.record.id.slice(0, 18))).stdout, 'How do others do it?')
    assert.match((await two.bitloops('status', '--porcelain')).stdout, /^checkpoints 1$/m)
    assert.is((await two.bitloops('doctor', '--verify')).code, 0)
    remote.remove()
  })
})

describe('an event', (it) => {
  const seed = Number(process.env['BITLOOPS_SEED'] ?? Math.floor(Math.random() * 1e9))

  it(`SES-14 is told by exactly one checkpoint, whatever is said, kept and committed (seed ${seed})`, async () => {
    let state = seed
    const random = (below: number): number => {
      state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
      return Math.floor(state / 4_294_967_296 * below)
    }
    const repository = await makeKeeping()
    let claude = await playStart(repository)
    let turns = 0
    for (let step = 0; step < 14; step += 1) {
      switch (random(6)) {
        case 0: case 1:
          await playTurn(repository, `Write ${step}`, { [`${random(4)}.txt`]: `step ${step}\n` }, claude)
          turns += 1
          break
        case 2:
          await playTurn(repository, `Say ${step}`, {}, claude)
          turns += 1
          break
        case 3:
          await run(repository, `git add --all && git commit -q --allow-empty -m 'Step ${step}'`)
          break
        case 4:
          await claude.compact(`Until ${step}.`)
          await sleep(random(400))
          break
        default:
          await claude.end()
          await sleep(random(400))
          if (random(2) === 0) await claude.start('resume')
          else claude = await playStart(repository)
      }
    }
    await claude.end()
    await repository.waitForIdle()
    await run(repository, `git add --all && git commit -q --allow-empty -m Last`)
    assert.is((await repository.bitloops('doctor', '--verify')).code, 0)
    const told = new Map<string, string>()
    const checkpoints = await readAll(repository)
    for (const { record, entries } of checkpoints) {
      for (const { session, id } of entries) {
        assert.is(told.get(`${session} ${id}`), undefined, `${id} is told twice`)
        told.set(`${session} ${id}`, record.id)
      }
    }
    const said = inStore(repository, (database) => database.prepare(`
      SELECT s.session_id AS session, e.event_id AS id, max(e.checkpoint) AS checkpoint FROM events e
      JOIN sessions s ON s.id = e.session WHERE e.unnamed = 0 AND e.kind IN ('prompt', 'response', 'tool-call')
      GROUP BY 1, 2`).all() as { session: string; id: string; checkpoint: string | null }[])
    for (const { session, id, checkpoint } of said) assert.is(told.get(`${session} ${id}`), checkpoint, id)
    assert.is(new Set(promptsOf(checkpoints)).size, turns)
    assert.is(promptsOf(checkpoints).length, turns)
    repository.remove()
  })
})
