// What doctor says of an installation, sentence by sentence.

import * as assert from 'uvu/assert'
import { repairsOf } from '../../src/model/check.ts'
import type { Check } from '../../src/model/check.ts'
import { diagnoseInstallation } from '../../src/model/diagnosis.ts'
import type { HookFinding, InstallationFacts } from '../../src/model/diagnosis.ts'
import { describe } from '../support/suite.ts'

const hookOf = (finding: Partial<HookFinding> = {}): HookFinding => ({
  hook: 'post-commit', path: '.git/hooks/post-commit', state: 'ours', reached: true, line: 'sh git-hook', ...finding,
})

const healthy: InstallationFacts = {
  git: '2.39.5', node: '20.19.0', onPath: '/bin/git-bitloops', program: { kind: 'runs', version: '1.2.3' },
  oldParts: [], capture: { isOn: true }, settings: [],
  hooks: { place: '.git/hooks', hooks: [hookOf(), hookOf({ hook: 'post-checkout' })] },
  agents: [{ agent: 'codex', worktree: '/w', state: 'ready', findings: [], delivered: true }],
  tools: [], mappings: [],
}

const problems = (facts: Partial<InstallationFacts>): readonly Check[] =>
  diagnoseInstallation({ ...healthy, ...facts }).filter(({ state }) => state !== 'ok')

const only = (facts: Partial<InstallationFacts>): Check => {
  const found = problems(facts)
  assert.is(found.length, 1, found.map(({ message }) => message).join('\n'))
  return found[0]!
}

const withHook = (finding: Partial<HookFinding>, reserved?: string): Check =>
  only({ hooks: { place: '.git/hooks', ...reserved === undefined ? {} : { reserved }, hooks: [hookOf(finding)] } })

describe('diagnoseInstallation', (it) => {
  it('says one line for each thing that is fine', () => {
    const checks = diagnoseInstallation(healthy)
    assert.ok(checks.every(({ state, fix, repair }) => state === 'ok' && fix === undefined && repair === undefined))
    assert.equal(checks.map(({ id }) => id),
      ['versions', 'program', 'capture', 'git-hooks', 'agent-hooks', 'other-tools', 'mappings'])
  })

  it('claims a probe only where there was one', () => {
    const checks = diagnoseInstallation({
      ...healthy,
      hooks: { place: '.git/hooks', hooks: [{ hook: 'post-commit', path: '', state: 'ours', line: '' }] },
      agents: [{ agent: 'codex', worktree: '/w', state: 'ready', findings: [] }],
    })
    assert.not.match(checks.map(({ message }) => message).join('\n'), /probe/)
  })

  it('knows which versions are too old', () => {
    for (const git of ['2.30.9', '1.9.1']) assert.match(only({ git }).message, /^Git .* is too old$/)
    for (const git of ['2.31', '2.39.5', '3.0.1']) assert.equal(problems({ git }), [])
    assert.match(only({ node: '20.18.3' }).fix!, /Node 20\.19 or newer/)
    assert.equal(problems({ node: '22.0.0' }), [])
  })

  it('fails where the program is not found, and mends what hooks start', () => {
    const { onPath: _, ...nowhere } = healthy
    const [check] = diagnoseInstallation(nowhere).filter(({ id }) => id === 'program')
    assert.is(check!.state, 'fail')
    assert.is(check!.repair, undefined)
    assert.is(only({ program: { kind: 'missing', path: '/gone.js' } }).repair, 'install')
    const { message } = only({ program: { kind: 'fails', path: '/bad.js', said: 'boom' } })
    assert.match(message, /bad\.js, which does not run: boom/)
    assert.is(only({ program: { kind: 'unnamed' } }).repair, 'install')
    assert.is(problems({ oldParts: ['bitloops/agent-hook', 'bitloops/inbox/new'] }).length, 2)
  })

  it('warns where capture is off: that is a choice', () => {
    const { state, message, fix } = only({ capture: { isOn: false, by: '.bitloops/settings.json' } })
    assert.is(state, 'warn')
    assert.match(message, /\(\.bitloops\/settings\.json\)/)
    assert.is(fix, 'git bitloops enable')
  })

  it('names what is wrong with a hook, and what it means', () => {
    for (const [state, words] of [
      ['missing', /is not there/], ['foreign', /does not call git-bitloops/], ['outdated', /in other words/],
      ['not-executable', /not executable/], ['line-ends', /Windows line ends/], ['interpreter', /does not exist/],
      ['link', /symbolic link/],
    ] as const) {
      const { message, fix, state: severity } = withHook({ state })
      assert.is(severity, 'fail')
      assert.match(message, words)
      assert.match(message, /: a commit gets its checkpoint only from the next git bitloops command$/)
      assert.ok(fix !== undefined)
    }
    assert.match(withHook({ state: 'missing', hook: 'post-checkout' }).message, /new worktrees get no agent hooks/)
    assert.match(withHook({ reached: false }).message, /did not answer a probe/)
  })

  it('never lets --fix write where the user has to be asked', () => {
    for (const state of ['missing', 'foreign', 'outdated', 'link'] as const) {
      const { repair, fix } = withHook({ state, manager: 'husky' }, 'others use it')
      assert.is(repair, undefined)
      assert.match(fix!, /sh git-hook$/)
    }
    assert.match(withHook({ state: 'missing' }, 'others use it').fix!, /git bitloops init asks .*others use it/)
  })

  it('tells what a hook manager is to run, for it will write its hook again', () => {
    const { message, fix, repair } = withHook({ state: 'foreign', manager: 'lefthook' })
    assert.match(message, /written by lefthook/)
    assert.match(fix!, /until lefthook writes it again; for good, let lefthook run: sh git-hook/)
    assert.is(repair, 'install')
  })

  it('judges worktrees one by one', () => {
    const found = problems({
      agents: [
        { agent: 'codex', worktree: '/fine', state: 'ready', findings: [], delivered: true },
        { agent: 'codex', worktree: '/bare', state: 'absent', findings: [] },
        { worktree: '/gone', state: 'gone', findings: [] },
        { agent: 'codex', worktree: '/odd', state: 'ready', findings: ['/odd/x was left alone: it is a link'] },
        { agent: 'codex', worktree: '/mute', state: 'ready', findings: [], delivered: false },
      ],
    })
    assert.equal(found.map(({ state, repair }) => [state, repair]),
      [['fail', 'install'], ['warn', undefined], ['fail', undefined], ['fail', 'install']])
    assert.match(found[2]!.message, /it is a link; nothing of codex is recorded in \/odd$/)
  })
})

describe('repairsOf', (it) => {
  it('gives each repair once, hooks before what they deliver, the index last', () => {
    const checks = (['index', 'plans', 'install', 'drain', 'install'] as const)
      .map((repair): Check => ({ id: 'x', state: 'warn', message: '', repair }))
    assert.equal(repairsOf(checks), ['install', 'drain', 'plans', 'index'])
  })

  it('looks for what no hook told wherever capture is on', () => {
    assert.equal(repairsOf(diagnoseInstallation(healthy)), ['missed'])
    assert.equal(repairsOf(diagnoseInstallation({ ...healthy, capture: { isOn: false } })), [])
  })
})
