// Breaks what init installed, Git hooks aside, and lets doctor name and mend it.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { doctor, hookFile, lineOf, told } from '../support/doctor.ts'
import { makeInitialised } from '../support/repository.ts'
import { describe } from '../support/suite.ts'

describe('the program', (it) => {
  it('that is not on the PATH is named', async () => {
    const repository = await makeInitialised()
    const [, program] = readFileSync(join(repository.bitloopsHome, 'program'), 'utf8').split('\n')
    const outcome = await repository.sh(`PATH="\${PATH#*:}"; '${process.execPath}' '${program}' doctor`)
    assert.is(outcome.code, 1)
    assert.match(outcome.stdout, /FAIL +git-bitloops is not on the PATH/)
    repository.remove()
  })

  it('that hooks start, but that moved or does not run, is named and noted anew', async () => {
    const repository = await makeInitialised()
    const file = join(repository.bitloopsHome, 'program')
    const broken = join(repository.root, 'broken.js')
    writeFileSync(broken, 'throw new Error("no good")\n')
    const gone = join(repository.root, 'gone.js')
    for (const [path, says] of [[gone, /gone\.js, which is not there/], [broken, /does not run/]] as const) {
      writeFileSync(file, `${process.execPath}\n${path}\n`)
      assert.match(told(await doctor(repository)), says)
      assert.is((await doctor(repository, '--fix')).code, 0)
      assert.is(told(await doctor(repository)), '')
    }
    repository.remove()
  })
})

describe('the inbox', (it) => {
  it('that lacks its folders is made again', async () => {
    const repository = await makeInitialised()
    rmSync(join(repository.bitloopsHome, 'inbox'), { recursive: true })
    assert.match(told(await doctor(repository)), /fail program: bitloops\/inbox\/new in the Git directory is missing/)
    assert.is(told(await doctor(repository, '--fix')), '')
    repository.remove()
  })

  it('that cannot be written is named, and the rest is looked at all the same', async () => {
    const repository = await makeInitialised()
    rmSync(join(repository.bitloopsHome, 'inbox'), { recursive: true })
    writeFileSync(join(repository.bitloopsHome, 'inbox'), 'in the way')
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis), /fail probe: hooks can deliver nothing, for the inbox cannot be written: /)
    assert.is(lineOf(diagnosis, 'checkpoints').state, 'ok')
    repository.remove()
  })
})

describe('agent hooks', (it) => {
  it('that a worktree lacks are named and put in; a worktree that is gone is named and skipped', async () => {
    const repository = await makeInitialised()
    const linked = await repository.worktree('side')
    const gone = await repository.worktree('gone')
    rmSync(join(linked.root, '.claude'), { recursive: true })
    rmSync(gone.root, { recursive: true })
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis), /fail agent-hooks: .*\/side has no agent hooks/)
    assert.match(told(diagnosis), /warn agent-hooks: the worktree .*\/gone is gone, it is skipped/)
    const fixed = await doctor(repository, '--fix')
    assert.is(fixed.code, 0)
    assert.ok(existsSync(join(linked.root, '.claude/settings.local.json')))
    await repository.git('worktree', 'prune')
    assert.is(told(await doctor(repository)), '')
    repository.remove()
  })

  it('in settings that are no JSON are left alone, and named', async () => {
    const repository = await makeInitialised()
    repository.write('.claude/settings.local.json', '{ "hooks": ')
    const diagnosis = await doctor(repository, '--fix')
    assert.is(diagnosis.code, 1)
    assert.match(told(diagnosis), /settings\.local\.json was left alone: it is not a JSON object/)
    assert.is(repository.read('.claude/settings.local.json'), '{ "hooks": ')
    repository.remove()
  })

  it('that deliver nowhere are named: the probe does not arrive', async () => {
    const repository = await makeInitialised()
    writeFileSync(join(repository.bitloopsHome, 'agent-hook'), 'exit 0\n')
    assert.match(told(await doctor(repository)), /what they deliver does not arrive in the inbox/)
    assert.is((await doctor(repository, '--fix')).code, 0)
    repository.remove()
  })

  it('DOC-08 of other tools are named, and left alone', async () => {
    const repository = await makeInitialised()
    const command = 'entire hooks claude-code stop'
    const settings = JSON.stringify({ hooks: { Stop: [{ hooks: [{ type: 'command', command }] }] } })
    repository.write('.claude/settings.json', settings)
    writeFileSync(hookFile(repository, 'pre-push'), '#!/bin/sh\nexec bitloops hooks git pre-push\n', { mode: 0o755 })
    mkdirSync(join(repository.home, '.claude'), { recursive: true })
    const users = '{"hooks":{"PostToolUse":"/opt/git-ai checkpoint claude"}}'
    writeFileSync(join(repository.home, '.claude/settings.json'), users)
    const diagnosis = await doctor(repository, '--fix')
    assert.is(diagnosis.code, 0)
    for (const [name, place] of [
      ['Entire', '.claude/settings.json'], ['the Bitloops CLI', '.git/hooks/pre-push'],
      ['git-ai', '/home/.claude/settings.json'],
    ]) assert.match(told(diagnosis), new RegExp(`warn other-tools: ${name} records .*${place}`))
    assert.is(repository.read('.claude/settings.json'), settings)
    repository.remove()
  })
})

describe('DOC-03 fetch and push settings', (it) => {
  it('that endanger notes are named, with how to take them out', async () => {
    const repository = await makeInitialised()
    await repository.git('remote', 'add', 'origin', 'https://user:secret@example.com/x.git')
    await repository.git('config', '--add', 'remote.origin.fetch', '+refs/notes/*:refs/notes/*')
    const diagnosis = await doctor(repository)
    assert.is(diagnosis.code, 0)
    const { fix } = lineOf(diagnosis, 'mappings')
    assert.is(fix, `git config --fixed-value --unset-all remote.origin.fetch '+refs/notes/*:refs/notes/*'`)
    assert.not.match(JSON.stringify(diagnosis), /secret/)
    await repository.sh(fix!)
    assert.is(told(await doctor(repository)), '')
    repository.remove()
  })
})
