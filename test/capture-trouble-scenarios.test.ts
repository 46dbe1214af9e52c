// The capture scenarios CAP-15 to CAP-22: where nothing should be recorded, and where recording is hard.

import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readOnly, sessionsBehind } from './support/checkpoints.ts'
import { readEvents, readFindings, readPrompts } from './support/events.ts'
import { findHooks } from './support/hooks.ts'
import { playClaude } from './support/player.ts'
import { commitAll, hasDrafts, makeInitialised, makeRepository } from './support/repository.ts'
import { describe } from './support/suite.ts'
import { playStart, playTurn } from './support/turn.ts'

describe('capture', (it) => {
  it('CAP-15 does nothing outside of repositories and where init was never run', async () => {
    const initialised = await makeInitialised()
    const foreign = await makeRepository({ at: 'foreign', beside: initialised })
    const place = { projectDir: initialised.root, cwd: initialised.root, env: initialised.env, payload: {} }
    const [hook] = findHooks({ ...place, event: 'PostToolUse' })
    for (const folder of [foreign.root, initialised.home]) {
      const before = readdirSync(folder, { recursive: true }).length
      const outcome = await initialised.sh(hook!.command, {
        cwd: folder, input: '{}', env: { CLAUDECODE: '1', CLAUDE_PROJECT_DIR: folder },
      })
      assert.equal([outcome.code, outcome.output], [0, ''])
      assert.is(readdirSync(folder, { recursive: true }).length, before)
    }
  })

  it('CAP-16 records nothing while it is off, and starts nothing', async () => {
    const repository = await makeInitialised()
    await repository.waitForIdle()
    assert.is((await repository.bitloops('disable')).code, 0)
    const program = join(repository.bitloopsHome, 'program')
    renameSync(program, `${program}.away`)
    writeFileSync(program, `${join(repository.home, 'no-node')}\n${join(repository.home, 'no-program')}\n`)
    const claude = await playStart(repository)
    const fields = { tool_name: 'Bash', tool_input: {}, tool_response: {} }
    for (let number = 0; number < 100; number += 1) {
      await claude.fire('PostToolUse', { ...fields, tool_use_id: `toolu_${number}` })
    }
    assert.equal(readdirSync(join(repository.bitloopsHome, 'inbox', 'new')), [])
    assert.not(existsSync(join(repository.bitloopsHome, 'log')))
    renameSync(`${program}.away`, program)
    assert.is((await repository.bitloops('enable')).code, 0)
    await playTurn(repository, 'On again', { 'a.txt': 'a\n' })
    await repository.bitloops('status')
    assert.equal(await readPrompts(repository), ['On again'])
  })

  it('CAP-17 takes what can be read of broken payloads and counts the rest', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    const payload = (prompt: string): string => JSON.stringify({
      session_id: claude.session, cwd: repository.root, hook_event_name: 'UserPromptSubmit',
      prompt_id: prompt.slice(0, 20), prompt,
    })
    const deliver = (bytes: string | Uint8Array): Promise<void> => claude.deliver('UserPromptSubmit', bytes)
    await deliver(payload(`large ${'x'.repeat(5_000_000)}`))
    await deliver(`\ufeff${payload('with BOM')}`)
    await deliver(Buffer.from(`\ufeff${payload('in UTF-16')}`, 'utf16le'))
    await deliver(payload('with control').replace('with control', 'with \u0001 control'))
    await deliver(payload('cut in the middle').slice(0, 60))
    await deliver('')
    await repository.bitloops('status')
    const prompts = (await readPrompts(repository)).map((prompt) => prompt.slice(0, 9))
    for (const readable of ['large xxx', 'with BOM', 'in UTF-16']) assert.ok(prompts.includes(readable), readable)
    const counted = (await readFindings(repository)).reduce((sum, { count }) => sum + count, 0)
    assert.ok(counted >= 2, `${counted} findings`)
  })

  it('CAP-18 finds what an unknown tool wrote', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Use the tool')
    await repository.waitForIdle() // the tree is looked at when the drain gets to it
    await claude.tool('mcp__files__store', { name: 'a' }, () => {
      repository.write('a.txt', 'a\n')
      return { text: 'stored', response: 'stored' }
    })
    await claude.stop('Done.')
    await repository.waitForIdle()
    await repository.sh('git add a.txt && git commit -m A')
    const checkpoint = await readOnly(repository)
    assert.equal(checkpoint.record.files.map(({ path, evidence }) => [path, evidence]), [['a.txt', 'inferred']])
    assert.ok(checkpoint.entries.some((entry) => entry.kind === 'tool-call' && entry.tool === 'mcp__files__store'))
  })

  it('CAP-19 counts a subagent\'s files for its parent\'s turn', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await claude.prompt('Delegate')
    await claude.subagent('general-purpose', 'Write a', async (child) => { await child.write('a.txt', 'a\n') })
    await claude.subagent('Explore', 'Look around', async () => {})
    await claude.stop('Done.')
    await repository.sh('git add a.txt && git commit -m A')
    const { record, entries } = await readOnly(repository)
    assert.equal(record.sessions.map(({ session, turns }) => [session, turns.length]), [[claude.session, 1]])
    assert.ok(record.sessions[0]!.subagents.some(({ agentType }) => agentType === 'general-purpose'))
    assert.ok(entries.some((entry) => entry.kind === 'file-change' && entry.subagent !== undefined))
  })

  it('CAP-20 notices that a transcript was rewritten shorter, and loses and doubles nothing', async () => {
    const repository = await makeInitialised()
    const claude = await playStart(repository)
    await playTurn(repository, 'Before', { 'a.txt': 'a\n' }, claude)
    await repository.waitForIdle()
    claude.transcript.rewrite((lines) => lines.slice(-1))
    await claude.compact('A was written.')
    await playTurn(repository, 'After', { 'b.txt': 'b\n' }, claude)
    await repository.sh('git add a.txt b.txt && git commit -m Both')
    const { record, entries } = await readOnly(repository)
    assert.equal(record.sessions[0]!.turns.map(({ prompt }) => prompt), ['Before', 'After'])
    for (const said of ['Before: done.', 'After: done.']) {
      assert.is(entries.filter((entry) => entry.kind === 'response' && entry.text === said).length, 1, said)
    }
  })

  it('CAP-21 links without a transcript, and says that it is missing', async () => {
    const repository = await makeInitialised()
    const blind = playClaude(repository, { noTranscript: true })
    await blind.start()
    await playTurn(repository, 'Without transcript', { 'a.txt': 'a\n' }, blind)
    const seeing = await playTurn(repository, 'With transcript', { 'b.txt': 'b\n' })
    await repository.sh('git add a.txt b.txt && git commit -m Both')
    assert.equal(await sessionsBehind(repository), [blind.session, seeing.session].sort())
    const { record } = await readOnly(repository)
    assert.equal(record.sessions.filter(({ transcript }) => transcript === undefined).map(({ session }) => session),
      [blind.session])
  })

  it('CAP-22 harms neither agent nor commit when the inbox cannot be written', async () => {
    const repository = await makeInitialised()
    await playTurn(repository, 'Before', {})
    await repository.waitForIdle()
    const inbox = join(repository.bitloopsHome, 'inbox')
    renameSync(inbox, `${inbox}.away`)
    writeFileSync(inbox, 'a file, so that nobody can write in it, root included')
    await playTurn(repository, 'In trouble', { 'a.txt': 'a\n' })
    const commit = await repository.sh(commitAll('A'))
    assert.equal([commit.code, commit.output], [0, ''])
    rmSync(inbox)
    renameSync(`${inbox}.away`, inbox)
    assert.ok(existsSync(join(repository.bitloopsHome, 'log')), 'doctor can tell of it')
    await playTurn(repository, 'Afterwards', { 'b.txt': 'b\n' })
    await repository.bitloops('status')
    assert.ok((await readPrompts(repository)).includes('Afterwards'))
    assert.ok((await readEvents(repository)).length > 0 && hasDrafts(repository))
  })
})
