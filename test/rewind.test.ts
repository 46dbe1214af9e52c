// The promises of rewind under random trees and under kill -9.

import { spawn } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { openWorktreeFiles } from '../src/git/worktree-files.ts'
import { findInterrupted, resumeRewind } from '../src/rewind.ts'
import { contentOf, indexOf, withRewinder } from './support/rewinding.ts'
import type { Rewinder } from './support/rewinding.ts'
import { describe } from './support/suite.ts'

const SOAK = process.env['BITLOOPS_SOAK'] !== undefined

/** What a turn does to the worktree. */
type Act =
  | { readonly kind: 'write' | 'link' | 'stage' | 'remove' | 'chmod'; readonly path: string; readonly number: number }
  | { readonly kind: 'move'; readonly path: string; readonly to: string }
  | { readonly kind: 'commit' }
  | { readonly kind: 'attributes'; readonly number: number }

const PATHS = [
  'a', 'b.txt', 'c.turned', 'dir', 'dir/a', 'dir/b.txt', 'dir/sub/c', 'dir/sub/d.turned', 'other/x', 'with space/ü',
  'a/b', '-x', 'kept.log',
]
const path = fc.constantFrom(...PATHS)
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), path, number: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), path, number: fc.nat(9) }) },
  fc.record({ kind: fc.constantFrom('link' as const, 'stage' as const, 'chmod' as const), path, number: fc.nat(9) }),
  fc.record({ kind: fc.constant('move' as const), path, to: path }),
  fc.constant({ kind: 'commit' as const }),
  fc.record({ kind: fc.constant('attributes' as const), number: fc.nat(9) }),
)
const side = fc.constantFrom('before' as const, 'after' as const)
const goal = fc.record({ turn: fc.nat(3), side, undo: fc.boolean() })
const story = fc.record({
  before: fc.array(act, { maxLength: 6 }),
  turns: fc.array(fc.array(act, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 4 }),
  goals: fc.array(goal, { minLength: 2, maxLength: 4 }),
})

const LINKS = ['a', 'dir', '../outside', 'nowhere', '/etc/hosts', 'ignored', 'nested', '.', 'dir/sub', 'b.txt']

/** Git does not look again at files whose rules change under them: only what the rules say of others changes. */
const attributes = (number: number): string => `*.txt text eol=crlf\n*.turned filter=turned\n*.x${number} -text\n`

/** The lines of `.txt` end as a checkout writes them. */
function textOf(name: string, number: number): string {
  return name.endsWith('.txt') ? `text\r\n${number}\r\n` : `text ${number}\n`
}

async function play({ repository }: Rewinder, one: Act): Promise<void> {
  const { root } = repository
  if (one.kind === 'commit') {
    await repository.tryGit('commit', '--quiet', '--all', '-m', 'Step')
    return
  }
  if (one.kind === 'attributes') return repository.write('.gitattributes', attributes(one.number))
  const file = join(root, one.path)
  const found = openWorktreeFiles(root).find(one.path)
  if (one.kind === 'stage') await repository.tryGit('add', '--', one.path)
  else if (one.kind === 'remove') { if (found !== undefined) rmSync(file, { recursive: true }) }
  else if (one.kind === 'chmod') { if (found?.isFile() === true) chmodSync(file, one.number % 2 ? 0o755 : 0o644) }
  else if (one.kind === 'move') moveOver(root, one.path, one.to)
  else {
    clear(root, one.path)
    if (one.kind === 'link') symlinkSync(LINKS[one.number]!, file)
    else repository.write(one.path, textOf(one.path, one.number))
  }
}

function moveOver(root: string, from: string, to: string): void {
  if (`${from}/`.startsWith(`${to}/`) || `${to}/`.startsWith(`${from}/`)) return
  // What is no text with the right line ends would come back with them, as from a checkout.
  if (openWorktreeFiles(root).find(from) === undefined || to.endsWith('.txt') !== from.endsWith('.txt')) return
  clear(root, to)
  renameSync(join(root, from), join(root, to))
}

/** Makes room: whatever is at the path goes, and whatever above it is no folder. */
function clear(root: string, name: string): void {
  const parts = name.split('/')
  for (let count = 1; count < parts.length; count += 1) {
    const folder = join(root, ...parts.slice(0, count))
    if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) rmSync(folder)
  }
  rmSync(join(root, name), { recursive: true, force: true })
  mkdirSync(dirname(join(root, name)), { recursive: true })
}

const IS_OURS = (name: string): boolean => !/^(ignored|nested|kept\.log)(\/|$)/.test(name)

/** What rewind is for, and what it must not touch. */
function partsOf(root: string): { readonly ours: Record<string, string>; readonly foreign: Record<string, string> } {
  const all = Object.entries(contentOf(root))
  return {
    ours: Object.fromEntries(all.filter(([name]) => IS_OURS(name))),
    foreign: {
      ...Object.fromEntries(all.filter(([name]) => !IS_OURS(name))), ...contentOf(join(root, 'nested', '.git')),
    },
  }
}

async function prepare(rewinder: Rewinder): Promise<void> {
  const { repository } = rewinder
  await repository.git('config', 'filter.turned.clean', 'tr a-z b-za')
  await repository.git('config', 'filter.turned.smudge', 'tr b-za a-z')
  await repository.commit('Begin', {
    '.gitignore': '*.log\nignored/\n', '.gitattributes': attributes(0),
    a: 'text 0\n', 'b.txt': 'text\r\n0\r\n', 'c.turned': 'text 0\n', 'dir/a': 'text 0\n',
  })
  repository.write('ignored/x/y', 'ignored\n')
  await repository.git('init', '--quiet', join(repository.root, 'nested'))
  repository.write('nested/file', 'nested\n')
}

type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never

async function live(rewinder: Rewinder, { before, turns, goals }: Story): Promise<void> {
  const { repository } = rewinder
  const { root } = repository
  await prepare(rewinder)
  for (const one of before) await play(rewinder, one)
  const states: { readonly before: Record<string, string>; readonly after: Record<string, string> }[] = []
  for (const [at, acts] of turns.entries()) {
    const began = partsOf(root).ours
    await rewinder.turn(`t${at}`, async () => { for (const one of acts) await play(rewinder, one) })
    states.push({ before: began, after: partsOf(root).ours })
  }
  for (const { turn, side, undo } of goals) {
    const name = `t${turn % turns.length}`
    const held = { ...partsOf(root), index: indexOf(root), staged: await repository.git('ls-files', '-s') }
    const plan = await rewinder.plan(name, side)
    assert.equal(plan.conflicts.filter(({ why }) => why !== 'in-the-way'), [])
    if (plan.conflicts.length > 0) continue
    await rewinder.rewind(name, side)
    assert.equal(partsOf(root).foreign, held.foreign)
    assert.is(await repository.git('ls-files', '-s'), held.staged)
    assert.equal(partsOf(root).ours, states[turn % turns.length]![side])
    if (!undo) continue
    await rewinder.undo()
    assert.equal({ ...partsOf(root), index: indexOf(root), staged: held.staged }, held)
  }
}

describe('rewind of random trees', (it) => {
  it('brings the files of the turn back, touches nothing else, and is undone', async () => {
    await fc.assert(
      fc.asyncProperty(story, (told) => withRewinder((rewinder) => live(rewinder, told), { files: null })),
      { numRuns: SOAK ? 100 : 8, endOnFailure: true, includeErrorInReport: true })
  })
})

const CHILD = fileURLToPath(new URL('support/rewind-process.ts', import.meta.url))

/**
 * Rewinds in a process that is killed, with all it started, this long after it began or, `written`, after its journal
 * was there; `over`: it was faster.
 */
function killedRewind(
  { repository }: Rewinder, snapshot: number, from: 'begun' | 'written', afterMs: number,
): Promise<'killed' | 'over'> {
  const journal = join(repository.bitloopsHome, 'rewind.json')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, repository.root, String(snapshot)],
      { env: repository.env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said === 'begin\n') void strike()
    })
    const strike = async (): Promise<void> => {
      while (from === 'written' && child.exitCode === null && !existsSync(journal)) await sleep(1)
      await sleep(afterMs)
      try { process.kill(-child.pid!, 'SIGKILL') } catch { /* it is over */ }
    }
    child.on('error', reject)
    child.on('close', (code) => {
      if (!said.startsWith('begin')) reject(new Error(`the process did not begin (${code})`))
      else resolve(said.includes('end') ? 'over' : 'killed')
    })
  })
}

const RUNS = SOAK ? 200 : 6
const LONGEST_MS = 100

describe('a rewind that is killed', (it) => {
  it('RWD-13 is noticed, and goes on or back without losing a file', () => withRewinder(async (rewinder) => {
    const { repository } = rewinder
    const { root } = repository
    await rewinder.turn('t1', () => {
      for (let at = 0; at < 150; at += 1) repository.write(`many/f${at}.txt`, `one ${at}\n`.repeat(50))
      repository.write('dir', 'a file\n')
    })
    await rewinder.turn('t2', () => {
      for (let at = 0; at < 150; at += 1) {
        if (at % 3 === 0) rmSync(join(root, `many/f${at}.txt`))
        else repository.write(`many/f${at}.txt`, `two ${at}\n`)
      }
      rmSync(join(root, 'dir'))
      repository.write('dir/deep', 'in a folder\n')
    })
    const two = { files: contentOf(root), index: indexOf(root) }
    await rewinder.rewind('t1')
    const one = contentOf(root)
    await rewinder.undo()
    const { snapshot } = await rewinder.point('t1')
    let noticed = 0
    for (let run = 0; run < RUNS; run += 1) {
      const from = run % 3 === 0 ? 'begun' : 'written'
      const ended = await killedRewind(rewinder, snapshot, from, Math.random() * LONGEST_MS)
      const context = await rewinder.context()
      const journal = findInterrupted(context.repository)
      const direction = Math.random() < 0.5 ? 'on' : 'back'
      if (journal === undefined) {
        const now = contentOf(root)
        assert.equal(now, ended === 'over' || JSON.stringify(now) === JSON.stringify(one) ? one : two.files)
        if (JSON.stringify(now) === JSON.stringify(one)) await rewinder.undo()
      } else {
        noticed += 1
        assert.equal((await resumeRewind(context, journal, direction)).short, [])
        assert.equal(contentOf(root), direction === 'on' ? one : two.files)
        if (direction === 'on') await rewinder.undo()
      }
      assert.equal({ files: contentOf(root), index: indexOf(root) }, two)
      assert.is(findInterrupted(context.repository), undefined)
      assert.not.ok(existsSync(join(root, '.git', 'index.lock')))
    }
    assert.ok(noticed > 0, 'not one of them was killed half-way')
  }))
})
