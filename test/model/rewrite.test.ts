// From what hooks wrote down of a rebase to what carries what.

import * as assert from 'uvu/assert'
import type { Oid } from '../../src/model/ids.ts'
import { findDoubts, findOwnWork, planRewriting } from '../../src/model/rewrite.ts'
import type { Carried, Content } from '../../src/model/rewrite.ts'
import { parsePicks, parseRewritings, parseSquashed } from '../../src/model/rewrite-record.ts'
import { describe } from '../support/suite.ts'

/** `a` is the commit aaaa…; what is made of it, `A` or `A2`, is another one. */
const oid = (name: string): Oid => Buffer.from(name.padEnd(20, '.')).toString('hex') as Oid
const names = (line: string): string => line.replace(/\b[a-zA-Z]\d?\b(?=( |$))/g, (name) => oid(name))

interface Told {
  readonly pairs?: readonly string[]
  readonly done?: readonly string[]
  readonly hooks?: readonly string[]
  /** What the history holds afterwards; default: all that is made. */
  readonly after?: readonly string[]
  readonly before?: readonly string[]
  readonly patchIds?: Readonly<Record<string, string>>
  /** `A a`: A holds something of a (beyond the whole). */
  readonly shares?: readonly string[]
}

function blockOf({ pairs = [], done = [], hooks = [] }: Told): string {
  const lines = [
    ...pairs.map((line) => `pair ${names(line)}`),
    ...done.map((line) => line.replace(/(?<= )[a-z]$/, (name) => oid(name))).map((line) => `done:${line}`),
    ...hooks.map((line) => {
      const [how, ...rest] = line.split(' ')
      return `bitloops:${how} ${rest.map((word) => /^[a-zA-Z]\d?$/.test(word) ? oid(word) : word).join(' ')}`
    }),
  ]
  return `rewrite rebase\n${lines.join('\n')}\nend\n`
}

function plan(told: Told): readonly string[] {
  const [rewriting] = parseRewritings(blockOf(told))
  const made = [...rewriting!.steps.map((step) => step.made), ...rewriting!.pairs.map(({ now }) => now)]
  const history = {
    after: new Set(told.after?.map(oid) ?? made), before: new Set((told.before ?? ['a', 'b', 'c']).map(oid)),
  }
  const content: Content = {
    patchIds: new Map(Object.entries(told.patchIds ?? {}).map(([name, id]) => [oid(name), oid(id)])),
    shares: (part, source) => (told.shares ?? []).some((line) => names(line) === `${part} ${source}`),
  }
  return planRewriting(rewriting!, history, content).map(tell).sort()
}

const nameOf = (one: Oid): string => Buffer.from(one, 'hex').toString().replaceAll('.', '')
const tell = ({ commit, from, evidence }: Carried): string => `${nameOf(commit)} ${nameOf(from)} ${evidence}`

describe('planRewriting', (it) => {
  const tables: readonly (readonly [string, Told, readonly string[]])[] = [
    ['picks carry their sources', {
      pairs: ['a A', 'b B'], done: ['pick a', 'pick b'], hooks: ['pick A a', 'pick B b'],
    }, ['A a rewrite', 'B b rewrite']],
    ['a skipped commit is not part of its predecessor', {
      pairs: ['a A', 'b A', 'c C'], done: ['pick a', 'pick b', 'pick c'], hooks: ['pick A a', 'pick C c'],
    }, ['A a rewrite', 'C c rewrite']],
    ['a skipped commit is not part of what was there before', {
      pairs: ['a M', 'b B'], done: ['pick a', 'pick b'], hooks: ['pick B b'], after: ['B'],
    }, ['B b rewrite']],
    ['a squash unites, also over several amends', {
      pairs: ['a A3', 'b A3', 'c A3'], done: ['pick a', 'squash b', 'fixup c'],
      hooks: ['pick A a', 'made A2 squash b', 'amend A A2', 'made A3 fixup c', 'amend A2 A3'], after: ['A3'],
    }, ['A3 A rewrite', 'A3 A2 rewrite', 'A3 a squash', 'A3 b squash', 'A3 c squash']],
    ['a squash unites, when only git tells', {
      pairs: ['a A', 'b A', 'c C'], done: ['pick a', 'squash b', 'pick c'],
    }, ['A a squash', 'A b squash', 'C c rewrite']],
    ['a reword is one rewrite', {
      pairs: ['a A2'], done: ['reword a'], hooks: ['pick A a', 'made A2 reword a', 'amend A A2'], after: ['A2'],
    }, ['A2 A rewrite', 'A2 a rewrite']],
    ['a commit added at a stop has no source', {
      pairs: ['a X', 'b B'], done: ['edit a', 'pick b'], hooks: ['pick A a', 'made X edit a', 'pick B b'],
    }, ['A a rewrite', 'B b rewrite']],
    ['a commit added after one that stayed where it was has none', {
      pairs: ['a X'], done: ['edit a'], hooks: ['made X edit a'], after: ['a', 'X'],
    }, []],
    ['an amend at a break, of what stayed where it was, carries it', {
      pairs: ['b B'], done: ['pick a', 'break', 'pick b'], hooks: ['made A break', 'amend a A', 'pick B b'],
      after: ['A', 'B'],
    }, ['A a rewrite', 'B b rewrite']],
    ['a split has the source in both parts, and says so', {
      pairs: ['a B'], done: ['edit a'], hooks: ['pick P a', 'made A edit a', 'made B edit a'], after: ['A', 'B'],
      shares: ['A a', 'B a'],
    }, ['A a split', 'B a split']],
    ['what else was committed at a split has none', {
      pairs: ['a B'], done: ['edit a'], hooks: ['pick P a', 'made A edit a', 'made X edit a', 'made B edit a'],
      after: ['A', 'X', 'B'], shares: ['A a', 'B a'],
    }, ['A a split', 'B a split']],
    ['a commit thrown away at a stop carries nothing into the next', {
      pairs: ['a X'], done: ['edit a'], hooks: ['pick P a', 'made X edit a'], after: ['X'],
    }, []],
    ['a conflict is resolved into one commit, or several', {
      pairs: ['a A', 'b C'], done: ['pick a', 'pick b'], hooks: ['made A pick a', 'made B pick b', 'made C pick b'],
      shares: ['B b', 'C b'],
    }, ['A a rewrite', 'B b split', 'C b split']],
    ['a commit picked at a stop is a cherry-pick', {
      pairs: ['a X'], done: ['edit a'], hooks: ['pick A a', 'pick X z'],
    }, ['A a rewrite', 'X z cherry-pick']],
    ['without hooks, of several that became one the first counts', {
      pairs: ['a A', 'b A'], done: [],
    }, ['A a rewrite']],
    ['without hooks, the one of the same change counts', {
      pairs: ['b A', 'a A'], done: [], patchIds: { a: 'p', A: 'p', b: 'q' },
    }, ['A a rewrite']],
    ['equal pairs are nothing', { pairs: ['a a'], done: ['pick a'], after: ['a'] }, []],
  ]
  for (const [fact, told, expected] of tables) it(fact, () => { assert.equal(plan(told), expected) })

  it('asks for contents only where there is doubt', () => {
    const history = { after: new Set(['A', 'B', 'X'].map(oid)), before: new Set<Oid>() }
    const [plain] = parseRewritings(blockOf({ pairs: ['a A'], done: ['pick a'], hooks: ['pick A a'] }))
    assert.equal(findDoubts(plain!, history), { patchIds: [], patches: [] })
    const [split] = parseRewritings(blockOf({ pairs: ['a X'], done: ['edit a'], hooks: ['pick A a', 'made X edit a'] }))
    assert.equal(findDoubts(split!, history), { patchIds: [], patches: [oid('a'), oid('A'), oid('X')] })
  })

  it('looks for new work in what the user made or changed, not in what Git picked', () => {
    const [rewriting] = parseRewritings(blockOf({
      pairs: ['a A2', 'b B'], done: ['edit a', 'pick b'],
      hooks: ['pick A a', 'made A2 edit a', 'amend A A2', 'made X edit a', 'pick B b'],
    }))
    const history = { after: new Set(['A2', 'X', 'B'].map(oid)), before: new Set<Oid>() }
    const carried: Carried[] = [{ commit: oid('A2'), from: oid('a'), evidence: 'rewrite', by: 'rebase' }]
    assert.equal(findOwnWork(rewriting!, history, carried), [
      { commit: oid('A2'), isWhole: false, replaces: oid('A') }, { commit: oid('X'), isWhole: true },
    ])
  })
})

describe('state files', (it) => {
  it('are read as far as they go', () => {
    const [first, second] = [`pair ${oid('a')} ${oid('A')}`, `pair ${oid('b')} ${oid('B')}`]
    const text = `noise\nrewrite amend\n${first}\nend\nrewrite rebase\n${second}\npair ${oid('c')}`
    const [amend, rebase, ...others] = parseRewritings(text)
    assert.equal([amend!.kind, rebase!.kind, others], ['amend', 'rebase', []])
    assert.equal(rebase!.pairs, [{ old: oid('b'), now: oid('B') }])
  })

  it('know all ways to write a todo list', () => {
    const lines = ['p', 'pick', 'r', 'reword', 'e', 'edit', 's', 'squash', 'f', 'fixup', 'fixup -C', 'merge -C', 'm -c']
    const block = lines.map((line, at) => `done:${line} ${oid(`c${at}`)} # words`).join('\n')
    const [rewriting] = parseRewritings(`rewrite rebase\n${block}\ndone:exec true\ndone:label onto\n`)
    assert.is(rewriting!.listed.size, lines.length)
    assert.equal([...rewriting!.melted], [6, 7, 8, 9, 10].map((at) => oid(`c${at}`)))
  })

  it('tell picks and squashes', () => {
    assert.equal(parsePicks(`pick ${oid('A')} ${oid('a')}\nmade ${oid('B')} -\npick broken`),
      [{ made: oid('A'), source: oid('a') }, { made: oid('B') }])
    assert.equal(parseSquashed(`squash ${oid('b')}\nsquash ${oid('a')}\npick ${oid('c')}\n`), [oid('a'), oid('b')])
  })
})
