// Rewinding a conversation, and what cannot be gone back to, through the installed hooks and the built program.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { filesBelow, linesOf } from './support/resuming.ts'
import { FIRST, listed, playFiles, playInterrupted, startSession, withRepository } from './support/rewind-commands.ts'
import { describe } from './support/suite.ts'

describe('the conversation', (it) => {
  it('becomes a new session that ends at the turn, and the old one stays', () => withRepository(async (repository) => {
    const claude = await startSession(repository)
    for (const turn of [1, 2, 3]) await playFiles(repository, claude, `Turn ${turn}`, { 'a.ts': `${turn}\n` })
    const transcript = readFileSync(claude.transcript.path, 'utf8')
    const rewound = await repository.bitloops('rewind', '--to', '2')
    const [, made = ''] = /\n {2}claude --resume (\S+)\n$/.exec(rewound.stdout) ?? []
    assert.is(readFileSync(claude.transcript.path, 'utf8'), transcript)
    const path = claude.transcript.path.replace(FIRST, made)
    const said = linesOf(path).map((line) => JSON.parse(line) as Record<string, never>)
    assert.equal(said.filter((line) => line['sessionId'] !== undefined && line['sessionId'] !== made), [])
    const text = readFileSync(path, 'utf8')
    assert.ok(text.includes('Turn 2: done.') && !text.includes('Turn 3'))
    assert.is(repository.read('a.ts'), '2\n')
    // It can be gone on with: what was copied is not told anew.
    const next = await startSession(repository, made)
    await playFiles(repository, next, 'Another way', { 'a.ts': 'other\n' })
    assert.equal((await listed(repository)).map(({ turns }) => turns.map(({ prompt }) => prompt)),
      [['Another way'], ['Turn 1', 'Turn 2', 'Turn 3']])
  }))

  it('goes back alone, stays alone, or cannot go back, as asked', () => withRepository(async (repository) => {
    const claude = await startSession(repository)
    for (const turn of [1, 2]) await playFiles(repository, claude, `Turn ${turn}`, { 'a.ts': `${turn}\n` })
    const transcripts = (): number =>
      filesBelow(join(repository.home, '.claude')).filter((path) => path.endsWith('.jsonl')).length
    const alone = await repository.bitloops('rewind', '--to', '1', '--conversation')
    assert.equal([alone.code, repository.read('a.ts'), transcripts()], [0, '2\n', 2])
    assert.not.match(alone.stdout, 'written')
    const files = await repository.bitloops('rewind', '--to', '1', '--files')
    assert.equal([files.code, repository.read('a.ts'), transcripts()], [0, '1\n', 2])
    const last = await repository.bitloops('rewind', '--to', '2', '--json')
    assert.equal((JSON.parse(last.stdout) as { conversation: { command: unknown } }).conversation.command,
      ['claude', '--resume', FIRST])
    const first = await repository.bitloops('rewind', '--to', '1^', '--conversation')
    assert.is(first.code, 128)
    assert.match(first.stderr, 'nothing was said before that turn')
    const both = await repository.bitloops('rewind', '--to', '1^')
    assert.equal([both.code, repository.exists('a.ts'), transcripts()], [0, false, 2])
    assert.match(both.stdout, 'The conversation stays as it is: nothing was said before that turn.')
  }))
})

describe('what cannot be gone back to', (it) => {
  it('is said: nothing recorded, no such turn, no worktree', () => withRepository(async (repository) => {
    const none = await repository.bitloops('rewind', '--list')
    assert.equal([none.code, none.stdout, none.stderr],
      [1, '', 'nothing is recorded here that could be gone back to\n'])
    const claude = await startSession(repository)
    await playFiles(repository, claude, 'Write', { 'a.ts': 'a\n' })
    await claude.prompt('Still at work')
    await repository.waitForInbox()
    const open = await repository.bitloops('rewind', '--to', '2')
    assert.is(open.code, 128)
    assert.match(open.stderr, /nothing is known of the files after turn 2\nhint: '2\^' is the state before it/)
    assert.match((await repository.bitloops('rewind', '--list')).stdout, /Still at work {2}\(after: unknown\)/)
    assert.is((await repository.bitloops('rewind', '--to', '7')).code, 128)
    const inGit = await repository.sh('git bitloops rewind --list', { cwd: join(repository.root, '.git') })
    assert.equal([inGit.code, inGit.stderr], [128, 'fatal: there are no files to rewind here\n'])
  }))

  it('is marked where it was looked at too late', () => withRepository(async (repository) => {
    const claude = await startSession(repository)
    await playInterrupted(repository, claude, 'Write something', { 'a.ts': 'a\n' })
    await playFiles(repository, claude, 'Write something else', { 'a.ts': 'b\n' })
    const list = await repository.bitloops('rewind', '--list')
    assert.match(list.stdout, /Write something {2}\(after: late\)\n[^]*\nlate: looked at after the agent had gone on/)
    const dry = await repository.bitloops('rewind', '--to', '1', '--dry-run')
    assert.match(dry.stdout, 'It was looked at late, and may not be exactly what was there then.')
  }))

  it('is marked as well where the transcript told of the interruption before the next prompt', () =>
    withRepository(async (repository) => {
      const claude = await startSession(repository)
      await playInterrupted(repository, claude, 'Write something', { 'a.ts': 'a\n' })
      // Whatever reads on in the transcript: the hook of a commit, or a drain that is late.
      await repository.bitloops('promote', 'HEAD')
      await playFiles(repository, claude, 'Write something else', { 'a.ts': 'b\n' })
      const list = await repository.bitloops('rewind', '--list')
      assert.match(list.stdout, /Write something {2}\(after: late\)\n/)
    }))
})
