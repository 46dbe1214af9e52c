// Agent hooks in settings files that people edit: what is added, what is taken out again, and all that stays.

import * as assert from 'uvu/assert'
import { HOOK_FORMS } from '../../src/agents/hook-forms.ts'
import type { HookForm, SettingsForm } from '../../src/model/agent-command.ts'
import { addAgentHooks, commandIn, findSwitchedOff, hasAgentHooks, removeAgentHooks } from
  '../../src/model/agent-settings.ts'
import { AGENT_NAMES } from '../../src/model/ids.ts'
import { parseJsonc, putValue, takeValue } from '../../src/model/jsonc.ts'
import { describe } from '../support/suite.ts'

function added(text: string | undefined, form: HookForm): string {
  const edit = addAgentHooks(text, form)
  if (edit.kind !== 'write') throw new Error(`not written: ${JSON.stringify(edit)}`)
  return edit.text
}

function removed(text: string, form: HookForm): string {
  const edit = removeAgentHooks(text, form)
  if (edit.kind !== 'write') throw new Error(`not written: ${JSON.stringify(edit)}`)
  return edit.text
}

const FOREIGN: Readonly<Record<string, string>> = {
  'other keys': '{\n  "permissions": {"allow": ["Bash(ls:*)"]},\n  "env": { "A": "b" }\n}\n',
  'comments': '{\n  // why\n  "model": "x", /* and */\n  "env": {} // last\n  // the end\n}\n',
  'tabs': '{\n\t"model": "x"\n}',
  'line ends of Windows': '{\r\n    "model": "x"\r\n}\r\n',
  'a byte order mark': '\ufeff{\n  "model": "ünï"\n}\n',
  'nested hooks of others': '{\n  "hooks": {\n' +
    '    "EVENT": [\n      {"matcher": "x", "hooks": [{"type": "command", "command": "./mine"}]}\n    ],\n' +
    '    "Notification": [ {"matcher":"", "hooks":[]} ]\n  },\n  "z": 1\n}\n',
  'flat hooks of others': '{\n  "hooks": {\n' +
    '    "EVENT": [\n      { "bash": "./mine" }, // first\n      {"command": "./later"}\n    ],\n' +
    '    "other": [{"command": "x"}]\n  }\n}\n',
  'odd things in the list': '{\n  "hooks": {\n' +
    '    "EVENT": [\n      1, null, "x",\n      {"hooks": 3}\n    ],\n    "other": {}\n  }\n}\n',
  'a trailing comma': '{\n  "model": "x",\n}\n',
}

/** The file for people who use the agent: with their hooks at an event that is ours as well. */
const foreignFor = (form: SettingsForm, text: string): string => {
  const named = text.replace('EVENT', form.entries.at(-1)!.event)
  return form.version === undefined ? named : named.replace('{', '{ "version": 1,')
}

const linesOf = (all: string): readonly string[] => all.replaceAll(',', '').split('\n')

for (const agent of AGENT_NAMES) {
  const form = HOOK_FORMS[agent]
  if (form.kind === 'own-file') continue
  const { entries, version } = form

  describe(`agent settings of ${agent}`, (it) => {
    it('that we make hold every event once, and nothing else', () => {
      const { hooks, ...others } = JSON.parse(added(undefined, form)) as Record<string, Record<string, unknown[]>>
      assert.equal(others, version === undefined ? {} : { version })
      assert.equal(Object.keys(hooks!), entries.map(({ event }) => event))
      assert.equal(Object.values(hooks!), entries.map(({ item }) => [item]))
      for (const empty of ['', ' \n']) assert.is(added(empty, form), added(undefined, form))
    })

    for (const [name, template] of Object.entries(FOREIGN)) {
      const text = foreignFor(form, template)
      it(`HOOK-01: do not change the second time in a file with ${name}`, () => {
        assert.equal(addAgentHooks(added(text, form), form), { kind: 'unchanged' })
        assert.ok(hasAgentHooks(added(text, form), form))
        assert.not.ok(hasAgentHooks(text, form))
      })
      it(`keep every line of a file with ${name}`, () => {
        for (const line of linesOf(text)) assert.ok(linesOf(added(text, form)).includes(line), line)
      })
      it(`go out of a file with ${name}, byte for byte`, () => {
        assert.is(removed(added(text, form), form), text.replace('"x",\n}', '"x"\n}'))
      })
    }

    it('go out of a file on one line, and leave its values', () => {
      const text = `{"version":1,"hooks":{"${entries[1]!.event}":[{"command":"x"}],"z":[]},"b":{}}`
      assert.equal(JSON.parse(removed(added(text, form), form)), JSON.parse(text))
    })

    it('are renewed in place when they are of another version', () => {
      const text = foreignFor(form, FOREIGN['comments']!)
      const old = added(text, form).replaceAll('; until [', '; while ! [')
      assert.is.not(old, added(text, form))
      assert.is(added(old, form), added(text, form))
    })

    it('that only we have written are taken away as a whole', () => {
      assert.equal(removeAgentHooks(added(undefined, form), form), { kind: 'delete' })
      assert.equal(removeAgentHooks('{}\n', form), { kind: 'unchanged' })
      assert.equal(removeAgentHooks(undefined, form), { kind: 'unchanged' })
    })

    const event = entries[0]!.event
    for (const text of ['{', '[]', 'null', '{"hooks": []}', `{"hooks": {"${event}": {}}}`, '{"a": 1} {']) {
      it(`leave ${text} alone`, () => {
        assert.is(addAgentHooks(text, form).kind, 'unusable')
        assert.equal(removeAgentHooks(text, form), { kind: 'unchanged' })
      })
    }
  })
}

describe('addAgentHooks', (it) => {
  const claude = HOOK_FORMS['claude-code'] as SettingsForm

  it('appends to a list that holds the hooks of others', () => {
    const text = FOREIGN['nested hooks of others']!.replace('EVENT', 'Stop')
    const { hooks } = parseJsonc(added(text, claude)) as
      { hooks: { Stop: readonly { hooks: readonly { command: string }[] }[] } }
    assert.equal(hooks.Stop.map((group) => group.hooks[0]!.command), ['./mine', commandIn(claude)])
  })

  it('gives a file the version without which its agent does not take it', () => {
    assert.equal((parseJsonc(added('{}', HOOK_FORMS.cursor)) as { version: number }).version, 1)
    assert.match(added('{"version": 2}', HOOK_FORMS.cursor), '"version": 2')
  })
})

describe('removeAgentHooks', (it) => {
  it('keeps what others put behind or beside our entries', () => {
    const claude = HOOK_FORMS['claude-code']
    const settings = JSON.parse(added(undefined, claude)) as { hooks: Record<string, { hooks: unknown[] }[]> }
    settings.hooks['Stop']!.push({ hooks: [{ type: 'command', command: './later' }] })
    settings.hooks['Stop']![0]!.hooks.unshift({ type: 'command', command: './beside' })
    const left = JSON.parse(removed(JSON.stringify(settings, null, 2), claude)) as unknown
    assert.equal(left, { hooks: { Stop: [
      { hooks: [{ type: 'command', command: './beside' }] }, { hooks: [{ type: 'command', command: './later' }] },
    ] } })
  })
})

describe('a file of our own', (it) => {
  const plugin = HOOK_FORMS.opencode

  it('is written, renewed and taken away as a whole', () => {
    const text = added(undefined, plugin)
    assert.equal(addAgentHooks(text, plugin), { kind: 'unchanged' })
    assert.ok(hasAgentHooks(text, plugin))
    assert.is(added('// git-bitloops, of an older version\n', plugin), text)
    assert.equal(removeAgentHooks(text, plugin), { kind: 'delete' })
    assert.equal(removeAgentHooks('// git-bitloops, changed by hand\n', plugin), { kind: 'delete' })
  })

  it('is left alone when it is of somebody else', () => {
    assert.is(addAgentHooks('export const Mine = 1\n', plugin).kind, 'unusable')
    assert.equal(removeAgentHooks('export const Mine = 1\n', plugin), { kind: 'unchanged' })
  })
})

describe('findSwitchedOff', (it) => {
  it('names the switch that keeps hooks from running', () => {
    assert.is(findSwitchedOff('{ "disableAllHooks": true }'), '"disableAllHooks"')
    assert.is(findSwitchedOff('\ufeff{ "hooksConfig": { "enabled": false } }'), '"hooksConfig.enabled"')
    for (const text of ['{}', '[', '{ "disableAllHooks": false, "hooksConfig": {} }']) {
      assert.is(findSwitchedOff(text), undefined)
    }
  })
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
