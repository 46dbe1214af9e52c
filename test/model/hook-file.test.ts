// What becomes of hook files that others wrote, when our lines come and go.

import * as assert from 'uvu/assert'
import { hookCommand, planHook, planHookRemoval } from '../../src/model/hook-file.ts'
import type { HookFile } from '../../src/model/hook-file.ts'
import { findBlock, putBlock, takeBlock } from '../../src/model/marked-block.ts'
import { describe } from '../support/suite.ts'

const BACKUP = 'post-commit.before-bitloops'
const hookOf = (text: string, active = true): HookFile => ({ text, active })

/** The text after init. */
function installed(text: string | undefined, active = true): string {
  const edit = planHook('post-commit', text === undefined ? undefined : hookOf(text, active), BACKUP)
  if (edit.kind === 'unchanged') throw new Error('nothing to write')
  return edit.text
}

const SHELL_HOOKS: Readonly<Record<string, string>> = {
  'an ordinary one': '#!/bin/sh\necho hello\nexit 3\n',
  'one without a final newline': '#!/bin/sh\necho hello',
  'a lone #! line': '#!/bin/sh\n',
  'a lone #! line without an end': '#!/bin/sh',
  'bash through env': '#!/usr/bin/env bash\nset -euo pipefail\n',
  'env with options': '#!/usr/bin/env -S bash -e\ntrue\n',
  'options of sh': '#! /bin/sh -eu\ntrue\n',
  'busybox': '#!/bin/busybox sh\ntrue\n',
  'zsh': '#!/usr/bin/zsh\ntrue\n',
  'ksh93': '#!/bin/ksh\ntrue\n',
  'no #! line': 'echo hello\n',
  'no #! line and no final newline': 'echo hello',
  'an empty file': '',
  'bytes that are not UTF-8': '#!/bin/sh\n# \xe4\xff\x01\n',
}

const OTHER_HOOKS: Readonly<Record<string, string>> = {
  python: '#!/usr/bin/env python3\nprint(1)\n',
  node: '#!/usr/bin/env node\nconsole.log(1)\n',
  'a name that only begins like a shell': '#!/usr/bin/shell-like\nx\n',
  'line ends of Windows': '#!/bin/sh\r\necho hello\r\n',
  'a byte order mark': '\xef\xbb\xbf#!/bin/sh\necho hello\n',
  'a binary': '\x7fELF\x02\0\0\n',
}

describe('planHook', (it) => {
  for (const [name, text] of Object.entries(SHELL_HOOKS)) {
    it(`HOOK-05: puts its lines into ${name}, and takes them out byte for byte`, () => {
      const edit = planHook('post-commit', hookOf(text), BACKUP)
      assert.is(edit.kind, 'write')
      assert.equal(planHookRemoval(hookOf(installed(text))), { kind: 'write', text })
    })
    it(`HOOK-01: changes nothing the second time in ${name}`, () => {
      assert.equal(planHook('post-commit', hookOf(installed(text)), BACKUP), { kind: 'unchanged' })
    })
  }
  for (const [name, text] of Object.entries(OTHER_HOOKS)) {
    it(`HOOK-05: moves ${name} aside, and knows where to`, () => {
      const edit = planHook('post-commit', hookOf(text), BACKUP)
      assert.is(edit.kind, 'set-aside')
      assert.equal(planHookRemoval(hookOf(installed(text))), { kind: 'put-back', backup: BACKUP })
      assert.equal(planHook('post-commit', hookOf(installed(text)), `${BACKUP}.2`), { kind: 'unchanged' })
    })
  }

  it('stands before everything else, for a foreign exit or exec would cut it off', () => {
    assert.match(installed('#!/bin/sh\nexec other\n'), /^#!\/bin\/sh\n# >>> git-bitloops >>>\n/)
    assert.match(installed('exit 0\n'), /^# >>> git-bitloops >>>\n/)
  })

  it('does not bring a hook to life that Git does not run', () => {
    assert.is(planHook('post-commit', hookOf('#!/bin/sh\nrm -rf x\n', false), BACKUP).kind, 'set-aside')
  })

  it('replaces the lines of another version in place', () => {
    const old = installed('#!/bin/sh\necho hello\n').replace('set +efu', 'set +e')
    const renewed = planHook('post-commit', hookOf(old), BACKUP)
    assert.equal(renewed, { kind: 'write', text: installed('#!/bin/sh\necho hello\n') })
  })

  it('deletes only what it made', () => {
    assert.equal(planHookRemoval(hookOf(installed(undefined))), { kind: 'delete' })
    const added = planHookRemoval(hookOf(`${installed(undefined)}echo added\n`))
    assert.equal(added, { kind: 'write', text: '#!/bin/sh\necho added\n' })
    assert.equal(planHookRemoval(hookOf('#!/bin/sh\n')), { kind: 'unchanged' })
    assert.equal(planHookRemoval(undefined), { kind: 'unchanged' })
  })

  it('says in the file how it is removed, and names no path of this machine', () => {
    assert.match(installed(undefined), 'git bitloops uninstall')
    assert.not.match(installed('#!/bin/python\n'), /\/(home|root|tmp|usr)\//)
  })

  it('gives Git 2.54 a command of one line', () => {
    assert.not.match(hookCommand('post-commit'), '\n')
  })
})

describe('marked block', (it) => {
  it('is found, replaced and taken out whatever is around it', () => {
    const text = putBlock('a\nb\n', ['one', '', 'two'], 2)
    assert.equal(findBlock(text), ['one', '', 'two'])
    assert.is(takeBlock(text), 'a\nb\n')
    assert.is(takeBlock(putBlock(text, [], 0)), 'a\nb\n')
  })
  it('keeps what others add below it', () => {
    assert.is(takeBlock(`${putBlock('a', ['x'], 1)}\nmore\n`), 'a\nmore\n')
  })
  it('does not swallow text after a block that was torn', () => {
    const torn = '# >>> git-bitloops >>>\nhalf\nforeign\n'
    const text = putBlock(torn, ['x'], torn.length)
    assert.is(takeBlock(text), torn)
  })
})
