// The promotion scenarios PRO-01 to PRO-15: which sessions a commit is linked to, and with what evidence.

import * as assert from 'uvu/assert'
import { checkpointPath } from '../src/model/checkpoint.ts'
import { noteOf, readLinked, readOnly, sessionsBehind, textOf, waitForLinked } from './support/checkpoints.ts'
import { commitAll, hasDrafts, makeInitialised, makeRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'
import { numbered, playStart, playTurn } from './support/turn.ts'

describe('a commit', (it) => {
  it('PRO-01 of a finished turn is linked, and git behaves as without us', async () => {
    const repository = await makeInitialised({ clock: 'fixed' })
    const plain = await makeRepository({ clock: 'fixed' })
    await plain.commit('Begin', { 'README.md': '# Example\n' })
    for (const one of [repository, plain]) one.write('.git/info/exclude', '.bitloops\n.claude\n')
    const claude = await playTurn(repository, 'Write a', { 'a.txt': 'one\n' })
    plain.write('a.txt', 'one\n')
    const commit = 'git add a.txt && git commit -m "Add a"'
    const outcome = await repository.sh(commit)
    const expected = await plain.sh(commit)
    assert.equal([outcome.code, outcome.stderr], [0, expected.stderr])
    assert.is(outcome.stdout.replace(/ [0-9a-f]{7}\]/, ']'), expected.stdout.replace(/ [0-9a-f]{7}\]/, ']'))
    assert.is(await repository.git('log', '-1', '--format=%B'), 'Add a\n')

    const { record, link } = await readOnly(repository)
    assert.equal(record.sessions.map(({ session }) => session), [claude.session])
    assert.is(link.evidence, 'commit')
    const folder = checkpointPath(record.origin.commit, record.id)
    const files = await repository.git('ls-tree', '-r', '--name-only', 'refs/bitloops/checkpoints', `${folder}/`)
    for (const name of ['session.json', 'summary.md', 'transcript.jsonl']) {
      assert.ok(files.includes(`${folder}/${name}`), name)
    }
    const note = await noteOf(repository)
    assert.ok(note.every((line) => line.startsWith(`${record.id} `)), note.join('\n'))
    assert.is(note.filter((line) => line.startsWith(`${record.id} 00 `)).length, 1)
  })

  it('PRO-02 by the agent itself is linked at once, with what was said so far', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Write a')
    await claude.think('One line will do.')
    await claude.write('a.txt', 'one\n')
    await claude.bash(commitAll('Add a'))
    const checkpoint = await readOnly(repository)
    assert.is(checkpoint.record.sessions[0]!.turns[0]!.prompt, 'Write a')
    assert.match(textOf(checkpoint), 'One line will do.')
  })

  it('PRO-02 is linked as well when its shell wrote the files', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Write a')
    await claude.bash(`echo one >a.txt && ${commitAll('Add a')}`)
    const { record } = await readOnly(repository)
    assert.equal(record.sessions.map(({ session }) => session), [claude.session])
    assert.ok(record.evidence.some(({ why }) => why === 'agent-shell'))
  })

  it('PRO-03 each of three in one turn has a checkpoint and a slice of its own', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Write three files')
    for (const name of ['first', 'second', 'third']) {
      await claude.think(`The ${name} reason.`)
      await claude.write(`${name}.txt`, `${name}\n`)
      await claude.bash(commitAll(`Add ${name}`))
    }
    const revisions = ['HEAD~2', 'HEAD~1', 'HEAD']
    const checkpoints = await Promise.all(revisions.map((revision) => readOnly(repository, revision)))
    assert.is(new Set(checkpoints.map(({ record }) => record.id)).size, 3)
    for (const [at, own] of ['first', 'second', 'third'].entries()) {
      assert.equal(checkpoints.map((checkpoint) => textOf(checkpoint).includes(`The ${own} reason.`)),
        [at === 0, at === 1, at === 2])
    }
  })

  it('PRO-04 keeps its checkpoint when the agent talks on; the rest becomes a continuation', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Write a')
    await claude.write('a.txt', 'one\n')
    await claude.bash(commitAll('Add a'))
    const first = await readOnly(repository)
    await claude.say('It is committed.')
    await claude.bash('git log --oneline')
    await claude.stop('That was all.')
    const [kept, rest] = await waitForLinked(repository, 2)
    assert.equal(kept, first)
    assert.is(rest!.record.kind, 'continuation')
    assert.is(rest!.record.continues, first.record.id)
    assert.match(textOf(rest!), 'That was all.')
    const shown = await repository.bitloops('explain')
    assert.match(shown.stdout, 'That was all.')
  })

  it('PRO-05 of a part leaves the rest pending', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'Write three', { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' })
    await repository.sh('git add a.txt && git commit -m A && git add b.txt && git commit -m B')
    const [a, b] = [await readOnly(repository, 'HEAD~1'), await readOnly(repository, 'HEAD')]
    assert.is.not(a.record.id, b.record.id)
    assert.equal([a, b].map(({ record }) => record.files.map(({ path }) => path)), [['a.txt'], ['b.txt']])
    assert.ok(hasDrafts(repository))
    await repository.sh('git add c.txt && git commit -m C')
    assert.equal((await readOnly(repository)).record.files.map(({ path }) => path), ['c.txt'])
    assert.not(hasDrafts(repository))
  })

  it('PRO-06 of one path takes that path\'s session and leaves the index alone', async () => {
    const repository = await makeInitialised()
    const claude = await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    const other = await playTurn(repository, 'Write b', { 'b.txt': 'b\n' })
    repository.write('mine.txt', 'mine\n')
    await repository.sh('git add a.txt b.txt mine.txt && git commit -m A a.txt')
    assert.equal(await sessionsBehind(repository), [claude.session])
    assert.is(await repository.git('diff', '--cached', '--name-only'), 'b.txt\nmine.txt')
    await repository.git('commit', '-m', 'The rest')
    assert.equal(await sessionsBehind(repository), [other.session])
  })

  it('PRO-07 gets the right turns when work was stashed in between', async () => {
    const repository = await makeInitialised()
    const claude = await playTurn(repository, 'Write a and b', { 'a.txt': 'a\n', 'b.txt': 'b\n' })
    await repository.sh('git stash push --include-untracked -- b.txt && git add a.txt && git commit -m A')
    await playTurn(repository, 'Write c', { 'c.txt': 'c\n' }, claude)
    await repository.sh('git stash pop && git add a.txt b.txt c.txt && git commit -m "B and C"')
    const [a, rest] = [await readOnly(repository, 'HEAD~1'), await readOnly(repository)]
    assert.equal(a.record.files.map(({ path }) => path), ['a.txt'])
    assert.equal(rest.record.files.map(({ path }) => path).sort(), ['b.txt', 'c.txt'])
    assert.ok(rest.record.sessions[0]!.turns.some(({ prompt }) => prompt === 'Write c'))
    assert.not(hasDrafts(repository))
  })

  it('PRO-08 of a human is not linked while a session is at work', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Write a')
    await claude.write('a.txt', 'a\n')
    await repository.commit('By hand', { 'mine.txt': 'mine\n' })
    assert.equal(await readLinked(repository), [])
    assert.equal(await noteOf(repository), [])
  })

  it('PRO-09 whose content the user replaced is linked by weak evidence, with no line of the agent', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'Write a', { 'a.txt': numbered(5, 'agent') })
    await repository.commit('Another a', { 'a.txt': numbered(5, 'human') })
    const { record } = await readOnly(repository)
    assert.equal(record.evidence.map(({ why }) => why), ['content-replaced'])
    assert.equal(record.files.map(({ evidence, agentAdded }) => [evidence, agentAdded]), [['replaced', 0]])
  })

  it('PRO-10 counts the agent\'s lines that are really in it', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'Write ten lines', { 'a.txt': numbered(10, 'line') })
    await repository.commit('Ten lines', { 'a.txt': numbered(10, 'line').replace(/line [246]\n/g, 'mine\n') })
    const [file] = (await readOnly(repository)).record.files
    assert.equal([file!.added, file!.agentAdded], [10, 7])
  })

  it('PRO-11 of two sessions\' work on a file is linked to both', async () => {
    const repository = await makeInitialised()
    const first = await playTurn(repository, 'Write a', { 'a.txt': 'same\none\n' })
    const second = await playTurn(repository, 'Write a again', { 'a.txt': 'same\none\ntwo\n' })
    await repository.sh('git add a.txt && git commit -m A')
    assert.equal(await sessionsBehind(repository), [first.session, second.session].sort())
    const files = (await readLinked(repository)).flatMap(({ record }) => record.files)
    assert.ok(files.some(({ path, sessions }) => path === 'a.txt' && sessions.length === 2))
  })

  it('PRO-12 in two steps is linked in both after the agent has gone', async () => {
    const repository = await makeInitialised()
    const claude = await playTurn(repository, 'Write a and b', { 'a.txt': 'a\n', 'b.txt': 'b\n' })
    await claude.end()
    await repository.sh('git add a.txt && git commit -m A && git add b.txt && git commit -m B')
    assert.equal([await sessionsBehind(repository, 'HEAD~1'), await sessionsBehind(repository)],
      [[claude.session], [claude.session]])
  })

  it('PRO-13 of a human is not linked to a session that was committed before', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    await repository.sh('git add a.txt && git commit -m A')
    for (const text of ['1\n', '2\n', '3\n', '4\n', '5\n']) await repository.commit('By hand', { 'a.txt': text })
    const linked = await Promise.all([0, 1, 2, 3, 4].map((back) => readLinked(repository, `HEAD~${back}`)))
    assert.equal(linked.flat(), [])
  })

  it('PRO-14 is not linked to a session whose edits were thrown away', async () => {
    const repository = await makeInitialised()
    await repository.commit('Add a', { 'a.txt': numbered(6, 'line') })
    const first = await playStart(repository)
    await first.prompt('Change line 2')
    await first.edit('a.txt', 'line 2\n', 'thrown away\n')
    await first.stop('Done.')
    await repository.git('checkout', '--', '.')
    const second = await playStart(repository)
    await second.prompt('Change line 5')
    await second.edit('a.txt', 'line 5\n', 'kept\n')
    await second.stop('Done.')
    await repository.sh('git add a.txt && git commit -m Change')
    assert.equal(await sessionsBehind(repository), [second.session])
  })

  it('PRO-15 of a deletion and a rename says so', async () => {
    const repository = await makeInitialised()
    await repository.commit('Add both', { 'deleted.txt': numbered(9, 'gone'), 'old.txt': numbered(9, 'moved') })
    const claude = await playStart(repository)
    await claude.prompt('Delete one, rename the other')
    await repository.waitForIdle() // the tree is looked at when the drain gets to it
    await claude.bash('rm deleted.txt && git mv old.txt new.txt')
    await claude.stop('Done.')
    await repository.waitForIdle()
    await repository.sh('git add --all -- deleted.txt && git commit -m "Tidy up"')
    const { record } = await readOnly(repository)
    assert.equal(record.files.map(({ path, change }) => [path, change]).sort(),
      [['deleted.txt', 'delete'], ['new.txt', 'rename']])
  })
})
