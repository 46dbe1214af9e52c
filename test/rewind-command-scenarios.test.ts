// RWD: `git bitloops rewind` without a screen, through the installed hooks and the built program.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { commitAll, until } from './support/repository.ts'
import type { TestRepository } from './support/repository.ts'
import {
  FIRST, listed, playFiles, playLookedAt, SECOND, startSession, withRepository,
} from './support/rewind-commands.ts'
import { contentOf, indexOf, timeOf } from './support/rewinding.ts'
import { describe } from './support/suite.ts'

/** What matters of `--json`. */
interface Told {
  readonly files: { readonly writes: unknown; readonly deletions: unknown }
  readonly done: unknown
  readonly conversation: { readonly kind: string }
}

/** Without the checkpoints, which are written beside the files whenever one is made. */
const filesOf = (repository: TestRepository): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(contentOf(repository.root)).filter(([path]) => !path.startsWith('.bitloops/')))

/** What rewind must not change unasked. */
const stateOf = async (repository: TestRepository): Promise<readonly unknown[]> => [
  filesOf(repository), indexOf(repository.root), await repository.git('rev-parse', 'HEAD'),
  await repository.git('for-each-ref', 'refs/heads', 'refs/bitloops/undo'),
]

describe('git bitloops rewind', (it) => {
  it('RWD-02 lists turns and shows what going back would do, and changes nothing', () => withRepository(
    async (repository) => {
      const claude = await startSession(repository)
      await playFiles(repository, claude, 'Write a.ts', { 'a.ts': 'one\n' })
      await repository.sh(commitAll('One'))
      await playFiles(repository, claude, 'Write more', { 'a.ts': 'two\n', 'made.ts': 'new\n' })
      await repository.git('status')
      const before = await stateOf(repository)
      const [session] = await listed(repository)
      assert.equal(session?.turns.map(({ name, before, after }) => [name, before?.state, after?.state]),
        [['1', 'exact', 'exact'], ['2', 'exact', 'exact']])
      const [checkpoint = ''] = session!.turns[0]!.checkpoints
      const list = await repository.bitloops('rewind', '--list')
      assert.is(list.code, 0)
      assert.match(list.stdout, /^claude-code 11111111, 2 turns, .*\n {2}2 {2}.* Write more\n {2}1 {2}.* Write a\.ts\n/)
      assert.match(list.stdout, `checkpoint ${checkpoint}`)
      const dry = await repository.bitloops('rewind', '--to', '1', '--dry-run')
      assert.is(dry.code, 0)
      assert.match(dry.stdout, 'Will be written:\n  a.ts\nWill be deleted:\n  made.ts\n')
      assert.match(dry.stdout, 'HEAD, its branch and the index stay as they are')
      for (const name of ['1', checkpoint, checkpoint.slice(0, 12).toLowerCase()]) {
        const { stdout } = await repository.bitloops('rewind', '--to', name, '--dry-run', '--json')
        const { files, done, conversation } = JSON.parse(stdout) as Told
        assert.equal([files.writes, files.deletions, done, conversation.kind],
          [[{ path: 'a.ts', mode: '100644', isNew: false }], [{ path: 'made.ts' }], null, 'new'], name)
      }
      assert.equal(await stateOf(repository), before)
    }))

  it('RWD-04 names what the user edited since, and stops; --keep, --force and --undo do as they say', () =>
    withRepository(async (repository) => {
      const claude = await startSession(repository)
      await playFiles(repository, claude, 'Write two', { 'a.ts': 'agent\n', 'b.ts': 'agent\n' })
      repository.write('a.ts', 'agent, and user\n')
      const before = await stateOf(repository)
      const stopped = await repository.bitloops('rewind', '--to', '1^')
      assert.equal([stopped.code, stopped.stdout], [1, ''])
      assert.match(stopped.stderr, /^error: 1 file would lose .*\n {2}a\.ts {2}changed since by somebody else\nhint: /)
      assert.equal(await stateOf(repository), before)
      const kept = await repository.bitloops('rewind', '--to', '1^', '--keep', 'a.ts')
      assert.equal([kept.code, repository.read('a.ts'), repository.exists('b.ts')], [0, 'agent, and user\n', false])
      const forced = await repository.bitloops('rewind', '--to', '1^', '--force')
      assert.equal([forced.code, repository.exists('a.ts')], [0, false])
      assert.match(forced.stdout, 'To take it back: git bitloops rewind --undo')
      assert.is((await repository.bitloops('rewind', '--undo')).code, 0)
      assert.is(repository.read('a.ts'), 'agent, and user\n')
      assert.is((await repository.bitloops('rewind', '--undo')).code, 0)
      assert.equal(filesOf(repository), before[0])
      assert.is((await repository.bitloops('rewind', '--undo')).code, 1)
    }))

  it('RWD-04 undoes nothing that was edited since the rewind, unless forced', () => withRepository(
    async (repository) => {
      const claude = await startSession(repository)
      await playFiles(repository, claude, 'Write a.ts', { 'a.ts': 'agent\n' })
      await repository.bitloops('rewind', '--to', '1^')
      repository.write('a.ts', 'user\n')
      const stopped = await repository.bitloops('rewind', '--undo')
      assert.is(stopped.code, 1)
      assert.match(stopped.stderr, 'a.ts')
      assert.is(repository.read('a.ts'), 'user\n')
      assert.is((await repository.bitloops('rewind', '--undo', '--force')).code, 0)
      assert.is(repository.read('a.ts'), 'agent\n')
    }))

  it('RWD-05 goes to any turn, and says so where nothing is left to do', () => withRepository(async (repository) => {
    const claude = await startSession(repository)
    const states: unknown[] = []
    for (const turn of [1, 2, 3]) {
      await playFiles(repository, claude, `Turn ${turn}`, { 'a.ts': `${turn}\n`, [`made-${turn}/x.ts`]: 'x\n' })
      states.push(filesOf(repository))
    }
    for (const turn of [3, 1, 2]) {
      const { code, stdout } = await repository.bitloops('rewind', '--to', String(turn), '--files')
      assert.is(code, 0)
      assert.match(stdout, turn === 3 ? 'No file had to change' : / written, /)
      assert.equal(filesOf(repository), states[turn - 1])
    }
  }))

  it('RWD-09 does the same from a subdirectory, with paths as they are typed there', () => withRepository(
    async (repository) => {
      const claude = await startSession(repository)
      await playFiles(repository, claude, 'Write', { 'a.ts': 'a\n', 'deep/b.ts': 'b\n', 'deep/c.ts': 'c\n' })
      repository.write('deep/kept.txt', 'user\n')
      const inside = (line: string) => repository.sh(line, { cwd: join(repository.root, 'deep') })
      const dry = await inside('git bitloops rewind --to 1^ --keep kept.txt --dry-run')
      assert.match(dry.stdout, 'Will be deleted:\n  ../a.ts\n  b.ts\n  c.ts\n')
      assert.match(dry.stdout, 'Stay as they are:\n  kept.txt  as you asked\n')
      assert.is((await inside('git bitloops rewind --to 1^ --keep .')).code, 0)
      assert.equal(Object.keys(filesOf(repository)).filter((path) => path.endsWith('.ts')),
        ['deep/b.ts', 'deep/c.ts'])
      assert.is((await inside('git bitloops rewind --to 1^ --keep ../..')).code, 129)
    }))

  it('RWD-12 writes only what differs', () => withRepository(async (repository) => {
    const names = Array.from({ length: 200 }, (_, at) => `f${at}.ts`)
    await repository.commit('Many', Object.fromEntries(names.map((name) => [name, `${name}\n`])))
    const claude = await startSession(repository)
    const changed = ['f3.ts', 'f70.ts', 'f199.ts']
    await playFiles(repository, claude, 'Change', Object.fromEntries(changed.map((name) => [name, 'changed\n'])))
    const before = new Map(names.map((name) => [name, timeOf(repository.root, name)]))
    const { stdout } = await repository.bitloops('rewind', '--to', '1^')
    assert.match(stdout, '3 files written, 0 deleted\n')
    assert.equal(names.filter((name) => timeOf(repository.root, name) !== before.get(name)).sort(), [...changed].sort())
    assert.is(await repository.git('status', '--porcelain', '--', '*.ts'), '')
  }))

  it('RWD-14 restores files of a turn that was committed, and moves HEAD only when asked', () => withRepository(
    async (repository) => {
      const first = await repository.git('rev-parse', 'HEAD')
      const claude = await startSession(repository)
      await playFiles(repository, claude, 'Write a.ts', { 'a.ts': 'a\n' })
      await repository.sh(commitAll('A'))
      const second = await repository.git('rev-parse', 'HEAD')
      assert.match((await repository.bitloops('rewind', '--to', '1^', '--dry-run')).stdout, first.slice(0, 10))
      assert.is((await repository.bitloops('rewind', '--to', '1^')).code, 0)
      assert.equal([repository.exists('a.ts'), await repository.git('rev-parse', 'main')], [false, second])
      assert.is((await repository.bitloops('rewind', '--to', '1')).code, 0)
      assert.is((await repository.bitloops('rewind', '--to', '1^', '--reset')).code, 0)
      assert.equal([repository.exists('a.ts'), await repository.git('rev-parse', 'main')], [false, first])
      assert.is(await repository.git('symbolic-ref', 'HEAD'), 'refs/heads/main')
      assert.is((await repository.bitloops('rewind', '--undo')).code, 0)
      assert.equal([repository.exists('a.ts'), await repository.git('rev-parse', 'main')], [true, second])
    }))

  it('RWD-15 takes back only what its own session changed, and asks where two did', () => withRepository(
    async (repository) => {
      const one = await startSession(repository)
      const two = await startSession(repository, SECOND)
      await playFiles(repository, one, 'One', { 'one.ts': 'one\n' })
      await playFiles(repository, two, 'Two', { 'two.ts': 'two\n' })
      await playFiles(repository, one, 'One again', { 'one.ts': 'one again\n' })
      assert.equal((await listed(repository)).map(({ turns }) => turns.map(({ name }) => name)),
        [['1', '2'], ['22222222:1']])
      const dry = await repository.bitloops('rewind', '--to', '1^', '--dry-run')
      assert.equal([dry.code, /two\.ts {2}changed by session 22222222/.test(dry.stdout)], [0, true])
      assert.is((await repository.bitloops('rewind', '--to', `${FIRST}:1^`)).code, 0)
      assert.equal([repository.exists('one.ts'), repository.read('two.ts')], [false, 'two\n'])
      assert.is((await repository.bitloops('rewind', '--undo')).code, 0)
      await playFiles(repository, two, 'Two as well', { 'one.ts': 'two was here\n' })
      const refused = await repository.bitloops('rewind', '--to', '1111:1^')
      assert.is(refused.code, 1)
      assert.match(refused.stderr, /one\.ts {2}changed by session 22222222 as well/)
      assert.is(repository.read('one.ts'), 'two was here\n')
    }))
})

describe('git bitloops rewind that was killed', (it) => {
  it('RWD-13 is told of by other commands, and goes on or back', () => withRepository(async (repository) => {
    const names = Array.from({ length: 400 }, (_, at) => `f${at}.ts`)
    await repository.commit('Many', Object.fromEntries(names.map((name) => [name, `${name}\n`])))
    const claude = await startSession(repository)
    const then = filesOf(repository)
    await playLookedAt(repository, claude, 'Change all', async () => {
      await claude.bash('for file in f*.ts; do echo changed > $file; done; echo made > made.ts')
    })
    const now = filesOf(repository)
    for (const [way, expected] of [['--undo', now], ['--continue', then]] as const) {
      await killRewind(repository)
      const status = await repository.bitloops('status')
      assert.is(status.code, 0)
      assert.match(status.stderr, /^warning: a rewind did not come to its end here/)
      const other = await repository.bitloops('rewind', '--to', '1')
      assert.is(other.code, 128)
      assert.match(other.stderr, /400 files to write, 1 to delete\) was begun .*--continue.*--undo/s)
      assert.is((await repository.bitloops('rewind', way)).code, 0)
      assert.equal(filesOf(repository), expected)
      assert.is((await repository.bitloops('status')).stderr, '')
    }
    assert.is((await repository.bitloops('rewind', '--undo')).code, 0)
    assert.equal(filesOf(repository), now)
    assert.is((await repository.bitloops('rewind', '--continue')).code, 1)
  }))
})

/** Kills one when it has begun to write. */
async function killRewind(repository: TestRepository): Promise<void> {
  const journal = join(repository.bitloopsHome, 'rewind.json')
  const child = spawn('git-bitloops', ['rewind', '--to', '1^', '--files'],
    { cwd: repository.root, env: { ...repository.env }, stdio: 'ignore', detached: true })
  await until('it has begun', () => existsSync(journal))
  process.kill(-child.pid!, 'SIGKILL')
  await until('it is gone', () => child.signalCode !== null || child.exitCode !== null)
  assert.ok(existsSync(journal), 'it was killed in time')
}
