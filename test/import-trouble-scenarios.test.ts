// Importing while other work goes on, and imports that are killed.

import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { liveStorePath } from '../src/store/live.ts'
import { readLinked, sessionsBehind } from './support/checkpoints.ts'
import { generateSessions } from './support/generated-sessions.ts'
import { commitsOf, initialise, inUnseen, playUnseen, promptsIn, startImport } from './support/importing.ts'
import { runImport } from './support/old-session.ts'
import { playClaude } from './support/player.ts'
import { until } from './support/repository.ts'
import { describe } from './support/suite.ts'

/** `make soak` takes a folder of two gigabytes. */
const FOLDER = process.env['BITLOOPS_SOAK'] === '1'
  ? { sessions: 2000, bytesPerSession: 1280 * 1024, committedEach: 4 }
  : { sessions: 60, bytesPerSession: 500 * 1024, committedEach: 4 }
const MAX_MEMORY_KIB = 300_000_000 / 1024

/** The most memory that a process has had so far; 0 where the system does not say. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

describe('git bitloops import', (it) => {
  it('takes a large folder of old sessions in bounded memory', () => inUnseen(async (repository) => {
    const made = await generateSessions(repository, FOLDER)
    await initialise(repository)
    const importing = startImport(repository)
    let peak = 0
    const watch = setInterval(() => { peak = Math.max(peak, peakOf(importing.pid)) }, 100)
    await importing.ended
    clearInterval(watch)
    assert.ok(peak < MAX_MEMORY_KIB, `${peak} KiB`)
    const imported = await repository.git('rev-list', '--count', 'refs/bitloops/checkpoints')
    assert.is(Number(imported), made.filter(({ subject }) => subject !== undefined).length)
    assert.equal((await runImport(repository)).sessions, { found: made.length, unchanged: made.length, linked: 0 })
  }))

  it('refuses to work beside another import', () => inUnseen(async (repository) => {
    await initialise(repository)
    await generateSessions(repository, { sessions: 30, bytesPerSession: 500_000, committedEach: 2 })
    const first = startImport(repository)
    await until('the import has begun', () => existsSync(join(repository.bitloopsHome, 'import', 'live.db')))
    const { code, stderr } = await repository.bitloops('import')
    assert.equal([code, /another import is at work/.test(stderr)], [128, true])
    await first.ended
  }))

  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    it(`goes on where one that was stopped by ${signal} was`, () => inUnseen(async (repository) => {
      const made = await generateSessions(repository, { sessions: 24, bytesPerSession: 100_000, committedEach: 2 })
      await initialise(repository)
      const under = join(repository.bitloopsHome, 'import')
      let isStopped = false
      for (const afterMs of [0, 60, 150, 300, 600]) {
        const running = startImport(repository)
        await Promise.race([running.ended, until('it has begun', () => existsSync(under))])
        await sleep(afterMs)
        running.kill(signal)
        await running.ended
        isStopped ||= existsSync(under)
      }
      assert.ok(isStopped)
      await runImport(repository)
      const log = await repository.git('log', '--format=%H %s', '--grep=^Session')
      const commits = log.split('\n').map((line) => line.split(' ') as [string, string, string])
      assert.is(commits.length, 12)
      for (const [commit, , number] of commits) {
        assert.equal(await sessionsBehind(repository, commit), [made[Number(number)]!.session])
        assert.is((await readLinked(repository, commit)).filter(({ record }) => record.kind === 'commit').length, 1)
      }
      const again = await runImport(repository)
      assert.equal([again.commits, again.sessions.unchanged], [[], 24])
      assert.not.ok(existsSync(under))
      const { code, output } = await repository.bitloops('doctor')
      assert.is(code, 0, output)
    }))
  }

  it('lets hooks record and commits link while it is at work', () => inUnseen(async (repository) => {
    await initialise(repository)
    await generateSessions(repository, { sessions: 40, bytesPerSession: 300_000, committedEach: 2 })
    const importing = startImport(repository)
    const claude = playClaude(repository)
    await claude.start()
    for (const name of ['a', 'b', 'c']) {
      await claude.prompt(`Write ${name}`)
      await claude.write(`${name}.txt`, `${name}\n`)
      await claude.stop('Done.')
      await repository.commit(`Add ${name}`, { [`${name}.txt`]: `${name}\n` })
      assert.equal(await sessionsBehind(repository), [claude.session])
    }
    await importing.ended
    assert.equal((await runImport(repository)).commits, [])
    for (const [at, name] of ['c', 'b', 'a'].entries()) {
      assert.ok((await promptsIn(repository, `HEAD~${at}`)).includes(`Write ${name}`))
    }
  }))

  it('reads again what was left of a reading that makes no sense any more', () => inUnseen(async (repository) => {
    const claude = await playUnseen(repository, 'Write a')
    await claude.write('a.txt', 'a\n')
    await claude.stop('Done.')
    const commit = await repository.commit('Add a', { 'a.txt': 'a\n' })
    await initialise(repository)
    mkdirSync(join(repository.bitloopsHome, 'import'))
    repository.write('junk', 'This is no database, and never was.')
    renameSync(join(repository.root, 'junk'), liveStorePath(join(repository.bitloopsHome, 'import')))
    assert.equal(commitsOf(await runImport(repository)), [commit])
  }))
})
