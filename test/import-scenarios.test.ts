// Importing sessions that overlap, go on, began in worktrees that are gone, or left work that is not committed yet.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { readLinked, readOnly, sessionsBehind } from './support/checkpoints.ts'
import { commitsOf, initialise, inUnseen, playUnseen, promptsIn } from './support/importing.ts'
import { runImport } from './support/old-session.ts'
import { playClaude } from './support/player.ts'
import { hasDrafts, makeRepository, until } from './support/repository.ts'
import { describe } from './support/suite.ts'

describe('git bitloops import', (it) => {
  it('gives each of two sessions that overlap the commits it led to', () => inUnseen(async (repository) => {
    const one = await playUnseen(repository, 'Write one')
    const other = await playUnseen(repository, 'Write other')
    await one.write('one.txt', 'one\n')
    await other.edit('shared.txt', 'line 2', 'line two, by the other')
    await one.edit('shared.txt', 'line 8', 'line eight, by the one')
    const both = await repository.commit('Both', { 'one.txt': 'one\n', 'shared.txt': repository.read('shared.txt') })
    await other.write('other.txt', 'other\n')
    await one.stop('One is there.')
    const second = await repository.commit('Other', { 'other.txt': 'other\n' })
    await other.stop('Other is there.')
    await initialise(repository)
    assert.equal(commitsOf(await runImport(repository)), [both, second])
    assert.equal(await sessionsBehind(repository, both), [one.session, other.session].sort())
    assert.equal(await sessionsBehind(repository, second), [other.session])
  }))

  it('finds what git add -p split over two commits, and leaves the rest of the lines to nobody',
    () => inUnseen(async (repository) => {
    const claude = await playUnseen(repository, 'Write both')
    await claude.write('both.txt', 'first part\nsecond part\nnever committed\n')
    await claude.stop('Done.')
    const first = await repository.commit('First', { 'both.txt': 'first part\n' })
    const second = await repository.commit('Second', { 'both.txt': 'first part\nsecond part\n' })
    const third = await repository.commit('By hand', { 'both.txt': 'first part\nsecond part\nby hand\n' })
    await initialise(repository)
    assert.equal(commitsOf(await runImport(repository)), [first, second])
    assert.equal(await readLinked(repository, third), [])
    // The second tells again what the first has told: it cannot be understood without.
    assert.equal(await promptsIn(repository, second), ['Write both'])
  }))

  it('takes the last answer of the turn into a continuation of the commit', () => inUnseen(async (repository) => {
    const claude = await playUnseen(repository, 'Write it and commit')
    await claude.write('a.txt', 'a\n')
    await claude.bash('git add a.txt && git commit -q -m "Add a"')
    await sleep(1100)
    await claude.stop('It is committed.')
    await initialise(repository)
    await runImport(repository)
    const linked = await readLinked(repository)
    assert.equal(linked.map(({ record }) => record.kind), ['commit', 'continuation'])
    assert.ok(linked[1]!.entries.some((entry) => entry.kind === 'response' && entry.text === 'It is committed.'))
  }))

  it('links rebased commits, each once', () => inUnseen(async (repository) => {
    const claude = await playUnseen(repository, 'Write a')
    await claude.write('a.txt', 'a\n')
    await claude.stop('Done.')
    await repository.git('switch', '-q', '-c', 'topic')
    await repository.commit('Add a', { 'a.txt': 'a\n' })
    await repository.git('switch', '-q', 'main')
    await repository.commit('Meanwhile', { 'b.txt': 'b\n' })
    await repository.git('cherry-pick', 'topic')
    await initialise(repository)
    await runImport(repository)
    for (const branch of ['main', 'topic']) assert.equal(await sessionsBehind(repository, branch), [claude.session])
    const links = (await Promise.all(['main', 'topic'].map((branch) => readOnly(repository, branch))))
      .map(({ link, record }) => [link.evidence, record.id])
    assert.is(links[0]![1], links[1]![1])
  }))

  it('finds sessions of worktrees that are gone', () => inUnseen(async (repository) => {
    const folder = join(repository.root, '.claude/worktrees/topic')
    await repository.git('worktree', 'add', '-q', '-b', 'topic', folder)
    const claude = await playUnseen(repository, 'Write a', folder)
    await claude.write('a.txt', 'a\n')
    await claude.stop('Done.')
    await repository.sh(`cd '${folder}' && git add a.txt && git commit -q -m 'Add a'`)
    await repository.git('worktree', 'remove', '--force', folder)
    await initialise(repository)
    const { commits } = await runImport(repository)
    assert.equal(commits.map(({ commit }) => commit), [await repository.git('rev-parse', 'topic')])
    assert.equal((await readOnly(repository, 'topic')).record.files.map(({ path }) => path), ['a.txt'])
  }))

  it('leaves other repositories\' sessions alone', () => inUnseen(async (repository) => {
    const inner = await makeRepository({ at: 'project/vendor/inner', beside: repository })
    const claude = await playUnseen(repository, 'Write a', inner.root)
    await claude.write('a.txt', 'a\n')
    await claude.stop('Done.')
    await repository.commit('A file of this name', { 'a.txt': 'a\n' })
    await initialise(repository)
    assert.equal([(await runImport(repository)).sessions.found, await readLinked(repository)], [0, []])
  }))

  it('leaves work that is not committed to the commit that will have it', () => inUnseen(async (repository) => {
    const claude = await playUnseen(repository, 'Write a and b')
    await claude.write('a.txt', 'a\n')
    await claude.write('b.txt', 'b\n')
    await claude.stop('Done.')
    const first = await repository.commit('Add a', { 'a.txt': 'a\n' })
    await initialise(repository)
    const imported = await runImport(repository)
    assert.equal([commitsOf(imported), imported.openEdits], [[first], 1])
    assert.ok(hasDrafts(repository))
    await repository.commit('Add b', { 'b.txt': 'b\n' })
    assert.equal(await sessionsBehind(repository), [claude.session])
    assert.not.ok(hasDrafts(repository))
  }))

  it('takes nothing twice of a session that goes on with hooks', () => inUnseen(async (repository) => {
    const before = await playUnseen(repository, 'Write a')
    await before.write('a.txt', 'a\n')
    await before.stop('A is there.')
    const first = await repository.commit('Add a', { 'a.txt': 'a\n' })
    await initialise(repository)
    assert.equal(commitsOf(await runImport(repository)), [first])

    const after = playClaude(repository, { session: before.session })
    await after.start('resume')
    await after.prompt('Write b')
    await after.write('b.txt', 'b\n')
    await after.stop('B is there.')
    await repository.waitForIdle()
    const second = await repository.commit('Add b', { 'b.txt': 'b\n' })
    assert.equal(commitsOf(await runImport(repository)), [])
    assert.equal([await promptsIn(repository, first), await promptsIn(repository, second)], [['Write a'], ['Write b']])
    const { record } = await readOnly(repository, second)
    assert.is(record.sessions[0]!.foundBy, 'hook')
  }))

  it('links the commits before init of a session that hooks tell of already', () => inUnseen(async (repository) => {
    const before = await playUnseen(repository, 'Write a')
    await before.write('a.txt', 'a\n')
    await before.stop('A is there.')
    const first = await repository.commit('Add a', { 'a.txt': 'a\n' })
    // In the second of a hook's first word it might have been made after it.
    const second = Math.floor(Date.now() / 1000)
    await until('the second is over', () => Promise.resolve(Date.now() / 1000 >= second + 1))
    await initialise(repository)
    const after = playClaude(repository, { session: before.session })
    await after.start('resume')
    await after.prompt('Write b')
    await after.write('b.txt', 'b\n')
    await after.stop('B is there.')
    await repository.waitForIdle()
    const next = await repository.commit('Add b', { 'b.txt': 'b\n' })
    assert.equal(commitsOf(await runImport(repository)), [first])
    assert.equal(await sessionsBehind(repository, first), [before.session])
    assert.ok((await promptsIn(repository, next)).includes('Write b'))
    assert.not.match((await repository.bitloops('status')).output, /Drafts:/)
  }))

  it('adds an old session to a commit that has a checkpoint of another one', () => inUnseen(async (repository) => {
    const old = await playUnseen(repository, 'Write old')
    await old.write('old.txt', 'old\n')
    await old.stop('Done.')
    await initialise(repository)
    const claude = playClaude(repository)
    await claude.start()
    await claude.prompt('Write new')
    await claude.write('new.txt', 'new\n')
    await claude.stop('Done.')
    await repository.commit('Add both', { 'old.txt': 'old\n', 'new.txt': 'new\n' })
    assert.equal(await sessionsBehind(repository), [claude.session])
    await runImport(repository)
    assert.equal(await sessionsBehind(repository), [old.session, claude.session].sort())
    assert.equal((await readLinked(repository)).map(({ record }) => record.seq), [0, 1])
  }))

  it('honours the times when capture was off', () => inUnseen(async (repository) => {
    await initialise(repository)
    await repository.bitloops('disable')
    const claude = await playUnseen(repository, 'Write it unseen')
    await claude.write('a.txt', 'a\n')
    await claude.stop('Done.')
    await repository.commit('Add a', { 'a.txt': 'a\n' })
    await repository.bitloops('enable')
    assert.equal(commitsOf(await runImport(repository)), [])
  }))

  it('keeps no secret that an old session said', () => inUnseen(async (repository) => {
    const secret = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5'}`
    const claude = await playUnseen(repository, `Use ${secret}`)
    await claude.write('a.txt', 'a\n')
    await claude.stop(`Used ${secret}.`)
    await repository.commit('Add a', { 'a.txt': 'a\n' })
    await initialise(repository)
    await runImport(repository)
    assert.match(JSON.stringify(await readOnly(repository)), /REDACTED/)
    const objects = await repository.sh('git rev-list --objects refs/bitloops/checkpoints refs/notes/bitloops | '
      + 'cut -d" " -f1 | git cat-file --batch | grep -c ghp_')
    assert.is(objects.stdout.trim(), '0')
  }))
})
