// The capture scenarios CAP-01 to CAP-14: what is recorded of a session, and for which commit it counts.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readLinked, readOnly, sessionsBehind, textOf } from './support/checkpoints.ts'
import { readEvents, readPrompts } from './support/events.ts'
import { findHooks } from './support/hooks.ts'
import { playClaude } from './support/player.ts'
import { commitAll, hasDrafts, makeInitialised, makeRepository } from './support/repository.ts'
import { quote, run } from './support/sandbox.ts'
import { describe } from './support/suite.ts'
import { playStart, playTurn } from './support/turn.ts'

interface StatusJson {
  readonly sessions: readonly { readonly agent: string; readonly prompt: string }[]
}

describe('capture', (it) => {
  it('CAP-01 tells of a draft in status and leaves no other trace', async () => {
    const repository = await makeInitialised()
    await repository.sh(commitAll('Set up'))
    await playTurn(repository, 'Write the first file', { 'a.txt': 'a\n' })
    assert.match((await repository.bitloops('status')).stdout, '1 edit in 1 file not yet committed')
    const { sessions } = JSON.parse((await repository.bitloops('status', '--json')).stdout) as StatusJson
    assert.equal(sessions.map(({ agent, prompt }) => [agent, prompt]), [['claude-code', 'Write the first file']])
    const refs = await repository.git('for-each-ref', '--format=%(refname)', 'refs/bitloops', 'refs/notes')
    assert.equal(refs.split('\n').filter((name) => !name.startsWith('refs/bitloops/snapshots/')), [],
      'only what rewind goes back to')
    assert.is(await repository.git('status', '--porcelain'), '?? a.txt')
    assert.ok(hasDrafts(repository))
  })

  it('CAP-02 begins before the first commit', async () => {
    const repository = await makeRepository()
    assert.is((await repository.bitloops('init', '--agent', 'claude-code')).code, 0)
    const claude = await playTurn(repository, 'Begin', { 'a.txt': 'a\n' })
    await repository.sh('git add a.txt && git commit -m Begin')
    assert.equal(await sessionsBehind(repository), [claude.session])
  })

  it('CAP-03 keeps every acknowledged event once when hooks are killed while they write', async () => {
    const repository = await makeInitialised()
    const cwd = repository.root
    const env = { ...repository.env, CLAUDE_PROJECT_DIR: cwd }
    const [hook] = findHooks({ projectDir: cwd, cwd, env, event: 'UserPromptSubmit', payload: {} })
    const acknowledged: string[] = []
    for (let number = 0; number < 50; number += 1) {
      const prompt = `prompt ${number}`
      const payload = JSON.stringify({
        session_id: 'killed', cwd, prompt_id: `id-${number}`, hook_event_name: 'UserPromptSubmit', prompt,
        transcript_path: join(repository.home, 'none.jsonl'),
      })
      const timeoutMs = number % 13 + 1
      const { code } = await run('/bin/sh', ['-c', hook!.command], { cwd, env, input: payload, timeoutMs })
      if (code === 0) acknowledged.push(prompt)
    }
    await playTurn(repository, 'The end', {})
    await repository.bitloops('status')
    const stored = await readPrompts(repository)
    assert.equal(acknowledged.filter((prompt) => !stored.includes(prompt)), [])
    assert.is(new Set(stored).size, stored.length)
  })

  it('CAP-04 takes eight hooks at the same instant from three sessions', async () => {
    const repository = await makeInitialised()
    const sessions = [playClaude(repository), playClaude(repository), playClaude(repository)]
    for (const claude of sessions) await claude.prompt('Work')
    const fields = { tool_name: 'Bash', tool_input: { command: 'true' }, tool_response: { stdout: 'ok' } }
    for (let round = 0; round < 50; round += 1) {
      await Promise.all(Array.from({ length: 8 }, (_, at) =>
        sessions[at % 3]!.fire('PostToolUse', { ...fields, tool_use_id: `toolu_${round}_${at}` })))
    }
    await repository.bitloops('status')
    const results = (await readEvents(repository)).filter(({ body }) => body.kind === 'tool-result')
    assert.is(results.length, 400)
  })

  it('CAP-05 counts a payload that is delivered twice once', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    const prompt = { prompt: 'Once', prompt_id: 'the-same' }
    await claude.fire('UserPromptSubmit', prompt)
    await claude.fire('UserPromptSubmit', prompt)
    await repository.bitloops('status')
    assert.equal(await readPrompts(repository), ['Once'])
  })

  it('CAP-06 closes an interrupted turn at the next prompt, with its files', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Write a')
    await claude.write('a.txt', 'a\n')
    await claude.interrupt()
    await playTurn(repository, 'Write b instead', { 'b.txt': 'b\n' }, claude)
    await repository.sh('git add a.txt b.txt && git commit -m Both')
    const { record } = await readOnly(repository)
    assert.equal(record.sessions[0]!.turns.map(({ prompt, outcome }) => [prompt, outcome]),
      [['Write a', 'interrupted'], ['Write b instead', 'completed']])
    assert.equal(record.files.map(({ path }) => path).sort(), ['a.txt', 'b.txt'])
  })

  it('CAP-07 reads what no hook told from the transcript at the commit', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Write a')
    await claude.write('a.txt', 'a\n')
    await claude.think('Said after the last hook.')
    await claude.interrupt()
    await repository.sh('git add a.txt && git commit -m A')
    assert.match(textOf(await readOnly(repository)), 'Said after the last hook.')
  })

  it('CAP-08 does not take what was dirty before for the agent\'s', async () => {
    const repository = await makeInitialised()
    await repository.commit('Add b', { 'b.txt': 'b\n' })
    repository.write('b.txt', 'changed by hand\n')
    await playTurn(repository, 'Write a', { 'a.txt': 'a\n' })
    await repository.sh('git add a.txt b.txt && git commit -m Both')
    assert.equal((await readOnly(repository)).record.files.map(({ path }) => path), ['a.txt'])
  })

  it('CAP-09 never calls the agent\'s what the user wrote meanwhile', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Write a')
    repository.write('b.txt', 'by hand\n')
    await claude.write('a.txt', 'a\n')
    await claude.stop('Done.')
    await repository.sh('git add a.txt b.txt && git commit -m Both')
    const evidence = new Map((await readOnly(repository)).record.files.map((file) => [file.path, file.evidence]))
    assert.is(evidence.get('a.txt'), 'tool')
    assert.ok([undefined, 'unknown'].includes(evidence.get('b.txt')), evidence.get('b.txt'))
  })

  it('CAP-10 stores neither content nor names of ignored files', async () => {
    const repository = await makeInitialised()
    await repository.commit('Ignore', { '.gitignore': 'node_modules/\n.env\n' })
    const claude = await playStart(repository)
    await claude.prompt('Install')
    await claude.bash('mkdir -p node_modules/package && echo hidden > node_modules/package/x && echo hidden > .env')
    await claude.write('a.txt', 'a\n')
    await claude.stop('Done.')
    await repository.bitloops('status')
    const paths = (await readEvents(repository)).flatMap(({ body }) => body.kind === 'file-change' ? [body.path] : [])
    assert.equal(paths, [join(repository.root, 'a.txt')])
  })

  it('CAP-11 keeps strange file names byte for byte', async () => {
    const repository = await makeInitialised()
    const names = [
      'with space.txt', 'quo"te.txt', 'tab\there.txt', 'new\nline.txt', 'e\u0301.txt', '😀.txt', '\u05e9\u05dc.txt',
    ]
    await playTurn(repository, 'Write them all', Object.fromEntries(names.map((name) => [name, 'x\n'])))
    await repository.sh(`git add -- ${names.map(quote).join(' ')} && git commit -m Names`)
    assert.equal((await readOnly(repository)).record.files.map(({ path }) => path).sort(), [...names].sort())
  })

  it('CAP-12 counts an edit for the repository it was made in', async () => {
    const x = await makeInitialised()
    const y = await makeInitialised({ at: 'other', beside: x })
    const claude = await playStart(x)
    await claude.prompt('Write in the other one')
    await claude.write(join(y.root, 'a.txt'), 'a\n')
    await claude.stop('Done.')
    await x.waitForIdle()
    await x.commit('In x', { 'x.txt': 'x\n' })
    await y.sh('git add a.txt && git commit -m "In y"')
    assert.equal(await readLinked(x), [])
    assert.equal(await sessionsBehind(y), [claude.session])
  })

  it('CAP-13 gives each worktree its own turns', async () => {
    const main = await makeInitialised()
    const trees = [await main.worktree('one'), await main.worktree('two')]
    await main.bitloops('init', '--agent', 'claude-code')
    const sessions = [await playTurn(trees[0]!, 'In one', { 'a.txt': '1\n' })]
    sessions.push(await playTurn(trees[1]!, 'In two', { 'a.txt': '2\n' }))
    for (const tree of trees) await tree.sh('git add a.txt && git commit -m A')
    assert.equal([await sessionsBehind(trees[0]!), await sessionsBehind(trees[1]!)],
      sessions.map(({ session }) => [session]))
  })

  it('CAP-14 goes by the files, not by the folder of the session', async () => {
    const main = await makeInitialised()
    const tree = await main.worktree('linked')
    const claude = await playStart(main)
    await claude.prompt('Work in the worktree')
    mkdirSync(join(tree.root, 'src'))
    await claude.write(join(tree.root, 'src/a.txt'), 'a\n')
    await claude.bash('git add src/a.txt && git commit -m A', { cwd: tree.root })
    assert.equal(await sessionsBehind(tree), [claude.session])
  })
})
