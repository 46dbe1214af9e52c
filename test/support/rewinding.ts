// Turns recorded without hooks or drains, and rewinds of them through the library.

import { existsSync, lstatSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { findAdapter } from '../../src/agents/registry.ts'
import { openRepository } from '../../src/git/repository.ts'
import {
  applyRewind, applyUndo, listRewindable, planRewind, planUndo,
} from '../../src/rewind.ts'
import type { RewindChoice, RewindContext, RewindPlan, RewindPoint, Rewound } from '../../src/rewind.ts'
import { payloads, SESSION } from './recorder.ts'
import type { Recorder } from './recorder.ts'
import type { TestRepository } from './repository.ts'
import { withTurns } from './snapshots.ts'

export interface Rewinder {
  readonly recorder: Recorder
  readonly repository: TestRepository
  context(cwd?: string): Promise<RewindContext>
  /** A turn in which a shell does what `work` does; looked at before and after. */
  turn(name: string, work: () => void | Promise<void>, session?: string): Promise<void>
  point(turn: string, side?: 'before' | 'after', session?: string): Promise<RewindPoint>
  plan(turn: string, side?: 'before' | 'after', choice?: Partial<RewindChoice>): Promise<RewindPlan>
  rewind(turn: string, side?: 'before' | 'after', choice?: Partial<RewindChoice>): Promise<Rewound>
  undo(force?: boolean): Promise<readonly string[]>
}

export const NO_CHOICE: RewindChoice = { keep: [], force: false, reset: false }

export const withRewinder = (
  work: (rewinder: Rewinder) => Promise<void>, options?: Parameters<typeof withTurns>[1],
): Promise<void> => withTurns((recorder) => work(rewinderOf(recorder)), options)

export function rewinderOf(recorder: Recorder, root: string = recorder.repository.root): Rewinder {
  const { repository, store } = recorder
  const context = async (cwd = root): Promise<RewindContext> =>
    ({ repository: await openRepository(cwd, repository.env), store, findAdapter, now: Date.now })
  const point: Rewinder['point'] = async (turn, side = 'after', session = SESSION) => {
    const sessions = await listRewindable(await context())
    const found = sessions.find((one) => one.session === session)?.turns.find((one) => one.turn === turn)?.[side]
    if (found === undefined) throw new Error(`nothing is known of the time ${side} turn ${turn}`)
    return found
  }
  const plan: Rewinder['plan'] = async (turn, side, choice = {}) =>
    planRewind(await context(), (await point(turn, side)).snapshot, { ...NO_CHOICE, ...choice })
  return {
    recorder, repository, context, point, plan,
    async turn(name, work, session = SESSION) {
      const told = payloads(root, session)
      recorder.hook(told.prompt(name, `Do ${name}`), root)
      await recorder.record()
      recorder.hook(told.before(name, `c-${name}`, 'Bash', { command: 'make' }), root)
      await work()
      recorder.hook(told.after(name, `c-${name}`, 'Bash', { command: 'make' }), root)
      recorder.hook(told.stop(name), root)
      await recorder.record()
    },
    rewind: async (turn, side, choice) => applyRewind(await context(), await plan(turn, side, choice)),
    async undo(force = false) {
      const found = await planUndo(await context())
      if (found === undefined) throw new Error('there is nothing to undo')
      return (await applyUndo(await context(), found, { force })).short
    },
  }
}

/** Everything in a folder, `.git` of its root left out: bytes, modes and where links lead. */
export function contentOf(root: string, folder = ''): Record<string, string> {
  const found: Record<string, string> = {}
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (path === '.git') continue
    const file = join(root, path)
    if (entry.isDirectory()) Object.assign(found, contentOf(root, path))
    else if (entry.isSymbolicLink()) found[path] = `link ${readlinkSync(file)}`
    else found[path] = `${(lstatSync(file).mode & 0o777).toString(8)} ${readFileSync(file).toString('latin1')}`
  }
  return found
}

export const indexOf = (root: string): string => {
  const file = join(root, '.git', 'index')
  return existsSync(file) ? readFileSync(file).toString('latin1') : ''
}

export const timeOf = (root: string, path: string): bigint => statSync(join(root, path), { bigint: true }).mtimeNs
