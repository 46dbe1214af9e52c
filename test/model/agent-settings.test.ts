// Agent hooks in settings files that people edit, and the command that stands there, in real shells.

import { spawnSync } from 'node:child_process'
import {
  existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import {
  addAgentHooks, agentHookCommand, hasAgentHooks, HOOK_EVENTS, removeAgentHooks,
} from '../../src/model/agent-settings.ts'
import { parseJsonc, putValue, takeValue } from '../../src/model/jsonc.ts'
import { describe } from '../support/suite.ts'

function added(text: string | undefined): string {
  const edit = addAgentHooks(text, 'claude-code')
  if (edit.kind !== 'write') throw new Error(`not written: ${JSON.stringify(edit)}`)
  return edit.text
}

function removed(text: string): string {
  const edit = removeAgentHooks(text)
  if (edit.kind !== 'write') throw new Error(`not written: ${JSON.stringify(edit)}`)
  return edit.text
}

const FOREIGN: Readonly<Record<string, string>> = {
  'other keys': '{\n  "permissions": {"allow": ["Bash(ls:*)"]},\n  "env": { "A": "b" }\n}\n',
  'comments': '{\n  // why\n  "model": "x", /* and */\n  "env": {} // last\n  // the end\n}\n',
  'tabs': '{\n\t"model": "x"\n}',
  'line ends of Windows': '{\r\n    "model": "x"\r\n}\r\n',
  'hooks of others': '{\n  "hooks": {\n' +
    '    "Stop": [\n      {"hooks": [{"type": "command", "command": "./mine"}]}\n    ],\n' +
    '    "Notification": [ {"matcher":"", "hooks":[]} ]\n  },\n  "z": 1\n}\n',
  'a trailing comma': '{\n  "model": "x",\n}\n',
}

interface Registered {
  readonly hooks: { readonly Stop: readonly { readonly hooks: readonly { readonly command: string }[] }[] }
}

describe('addAgentHooks', (it) => {
  it('registers the nine events that clients old and new know, and no other', () => {
    const settings = JSON.parse(added(undefined)) as { hooks: Record<string, unknown> }
    assert.equal(Object.keys(settings.hooks).sort(), [
      'PostToolUse', 'PreCompact', 'PreToolUse', 'SessionEnd', 'SessionStart', 'Stop', 'SubagentStart', 'SubagentStop',
      'UserPromptSubmit',
    ])
    assert.is(HOOK_EVENTS.length, 9)
  })

  for (const [name, text] of Object.entries(FOREIGN)) {
    it(`HOOK-01: changes nothing the second time in a file with ${name}`, () => {
      assert.equal(addAgentHooks(added(text), 'claude-code'), { kind: 'unchanged' })
      assert.ok(hasAgentHooks(added(text), 'claude-code'))
      assert.not.ok(hasAgentHooks(text, 'claude-code'))
    })
    it(`keeps every line of a file with ${name}`, () => {
      const linesOf = (all: string): readonly string[] => all.replaceAll(',', '').split('\n')
      for (const line of linesOf(text)) assert.ok(linesOf(added(text)).includes(line), line)
    })
    it(`takes its entries out of a file with ${name}, byte for byte`, () => {
      assert.is(removed(added(text)), text.replace('"x",\n}', '"x"\n}'))
    })
  }

  it('appends to a list that holds the hooks of others', () => {
    const settings = parseJsonc(added(FOREIGN['hooks of others'])) as Registered
    const commands = settings.hooks.Stop.map((group) => group.hooks[0]!.command)
    assert.equal(commands, ['./mine', agentHookCommand('claude-code')])
  })

  it('renews the command of another version in place', () => {
    const old = added(FOREIGN['comments']).replaceAll('p=${CLAUDE_PROJECT_DIR:-$PWD}', 'p=$PWD')
    assert.is(added(old), added(FOREIGN['comments']))
  })

  it('keeps what others put behind or beside its entries', () => {
    const settings = JSON.parse(added(undefined)) as { hooks: Record<string, { hooks: unknown[] }[]> }
    settings.hooks['Stop']!.push({ hooks: [{ type: 'command', command: './later' }] })
    settings.hooks['Stop']![0]!.hooks.unshift({ type: 'command', command: './beside' })
    const left = JSON.parse(removed(JSON.stringify(settings, null, 2))) as unknown
    assert.equal(left, { hooks: { Stop: [
      { hooks: [{ type: 'command', command: './beside' }] }, { hooks: [{ type: 'command', command: './later' }] },
    ] } })
  })

  it('gives a file that it made away again', () => {
    assert.equal(removeAgentHooks(added(undefined)), { kind: 'delete' })
    assert.equal(removeAgentHooks('{}\n'), { kind: 'unchanged' })
  })

  for (const text of ['{', '[]', 'null', '{"hooks": []}', '{"hooks": {"Stop": {}}}', '{"a": 1} {']) {
    it(`leaves ${text} alone`, () => {
      assert.is(addAgentHooks(text, 'claude-code').kind, 'unusable')
      assert.equal(removeAgentHooks(text), { kind: 'unchanged' })
    })
  }
})

describe('jsonc', (it) => {
  it('takes out the first, a middle and the last member with its comma', () => {
    const text = '{\n  "a": 1, // one\n  "b": 2,\n  "c": 3\n}\n'
    const left = ['a', 'b', 'c'].map((key) => parseJsonc(takeValue(text, [key])))
    assert.equal(left, [{ b: 2, c: 3 }, { a: 1, c: 3 }, { a: 1, b: 2 }])
    assert.match(takeValue(text, ['b']), '// one')
  })
  it('sets a value in place and makes what is missing on the way', () => {
    assert.is(putValue('{"a":1, "b" : [ ]}', ['a'], 2), '{"a":2, "b" : [ ]}')
    assert.equal(parseJsonc(putValue('{"a":1, "b" : [ ]}', ['b', -1], { x: 1 })), { a: 1, b: [{ x: 1 }] })
    assert.equal(parseJsonc(putValue('{ /* nothing */ }', ['a', 'b', -1], 'x')), { a: { b: ['x'] } })
  })
})

/** A folder laid out as git does, without git, below names that sh might trip over. */
function makeLayout(name: string): { readonly root: string; readonly seen: () => string; readonly remove: () => void } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bitloops-')))
  const root = join(folder, name)
  const seen = join(folder, 'seen')
  for (const path of [
    'main/.git/objects', 'main/.git/bitloops', 'main/.git/worktrees/w', 'main/deep/er', 'w/deep', 'elsewhere',
  ]) {
    mkdirSync(join(root, path), { recursive: true })
  }
  writeFileSync(join(root, 'main/.git/worktrees/w/commondir'), '../..\n')
  writeFileSync(join(root, 'w/.git'), `gitdir: ${root}/main/.git/worktrees/w\n`)
  writeFileSync(join(root, 'main/.git/bitloops/agent-hook'), `{ printf '%s:' "$1"; cat; } >>'${seen}'\nexit 3\n`)
  return {
    root,
    seen: () => existsSync(seen) ? readFileSync(seen, 'utf8') : '',
    remove: () => { rmSync(folder, { recursive: true }) },
  }
}

const SHELLS = ['sh', 'dash', 'bash', 'busybox', 'zsh', 'ksh']
  .filter((shell) => spawnSync(shell, ['-c', 'true']).error === undefined)

for (const shell of SHELLS) {
  describe(`agentHookCommand in ${shell}`, (it) => {
    const words = shell === 'busybox' ? ['sh', '-c'] : ['-c']
    const fire = (env: Readonly<Record<string, string>>, cwd = tmpdir()): string => {
      const ran = spawnSync(shell, [...words, agentHookCommand('claude-code')], {
        // With a socket as input, which is what Node gives, bash takes itself for a remote shell and reads ~/.bashrc.
        cwd, env: { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', ...env }, input: 'payload;', encoding: 'utf8',
      })
      return `${ran.status}|${ran.stdout}|${ran.stderr}`
    }
    const QUIET = '0||'

    for (const name of ['plain', 'with space', `quo'te"s $HOME \`x\``, 'new\nline', 'ünïcode', '-dash', 'a*b']) {
      it(`finds the repository of the project folder below ${JSON.stringify(name)}`, () => {
        const layout = makeLayout(name)
        for (const place of ['main', 'main/deep/er', 'w', 'w/deep']) {
          assert.is(fire({ CLAUDE_PROJECT_DIR: join(layout.root, place), GIT_DIR: '/nowhere' }), QUIET)
        }
        assert.is(fire({}, join(layout.root, 'w/deep')), QUIET)
        assert.is(layout.seen(), 'claude-code:payload;'.repeat(5))
        layout.remove()
      })
    }

    it('CAP-15: does nothing where no repository is, or none that was set up', () => {
      const layout = makeLayout('plain')
      rmSync(join(layout.root, 'main/.git/bitloops'), { recursive: true })
      const before = readdirSync(layout.root, { recursive: true })
      for (const place of ['main/deep', 'w', 'elsewhere', 'not/there']) {
        assert.is(fire({ CLAUDE_PROJECT_DIR: join(layout.root, place) }), QUIET)
      }
      for (const odd of ['', '/', 'relative', '*']) assert.is(fire({ CLAUDE_PROJECT_DIR: odd }, layout.root), QUIET)
      assert.equal(readdirSync(layout.root, { recursive: true }), before)
      layout.remove()
    })

    it('stays quiet in front of a broken repository', () => {
      const layout = makeLayout('plain')
      writeFileSync(join(layout.root, 'w/.git'), 'gitdir: /gone/for/good\n')
      writeFileSync(join(layout.root, 'main/.git/bitloops/agent-hook'), 'if then (((')
      assert.is(fire({ CLAUDE_PROJECT_DIR: join(layout.root, 'w') }), QUIET)
      assert.is(fire({ CLAUDE_PROJECT_DIR: join(layout.root, 'main') }), QUIET)
      layout.remove()
    })
  })
}
