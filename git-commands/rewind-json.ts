// What `rewind --json` prints.

import { formatJson } from '../src/model/json-text.ts'
import type { ListedSession, StatePoint, Target } from '../src/model/rewind-target.ts'
import type { UndoPlan } from '../src/rewind.ts'
import type { BranchPlan } from '../src/store/branch-session.ts'
import type { Done, Prepared } from './rewind-restore.ts'

const timeOf = (at: number): string => new Date(at).toISOString()

export const formatListJson = (sessions: readonly ListedSession[]): string => formatJson({
  schema: 1,
  sessions: sessions.map(({ agent, session, startedAt, lastEventAt, turns }) => ({
    agent, session, startedAt: timeOf(startedAt), lastEventAt: timeOf(lastEventAt),
    turns: turns.map((turn) => ({
      name: turn.name, number: turn.number, turn: turn.turn, startedAt: timeOf(turn.startedAt),
      prompt: turn.prompt ?? null, answer: turn.answer ?? null, checkpoints: turn.checkpoints,
      before: pointToJson(turn.before), after: pointToJson(turn.after),
    })),
  })),
})

const pointToJson = (point: StatePoint | undefined): object | null => point === undefined ? null
  : { at: timeOf(point.at), state: point.state, tree: point.tree, head: point.head ?? null }

/** `done` is null where nothing was written: a dry run, or conflicts. */
export const formatRewindJson = (prepared: Prepared, done: Done | undefined): string => formatJson({
  schema: 1,
  target: targetToJson(prepared.target),
  files: prepared.files === undefined ? null : filesToJson(prepared.files),
  conversation: prepared.conversation === undefined ? null : branchToJson(prepared.conversation),
  done: done === undefined ? null : {
    written: done.files?.written ?? 0, deleted: done.files?.deleted ?? 0, kept: done.files?.kept ?? null,
    short: done.files?.short ?? [],
  },
})

const targetToJson = ({ session, turn, side, point }: Target): object => ({
  agent: session.agent, session: session.session, number: turn.number, turn: turn.turn, side,
  at: timeOf(point.at), state: point.state,
})

const filesToJson = (plan: NonNullable<Prepared['files']>): object => ({
  present: plan.present, target: plan.target,
  writes: plan.writes.map(({ path, entry, before }) => ({ path, mode: entry.mode, isNew: before === undefined })),
  deletions: plan.deletions.map(({ path }) => ({ path })),
  kept: plan.kept, conflicts: plan.conflicts,
  headThen: plan.headThen ?? null, headNow: plan.headNow ?? null, reset: plan.reset ?? null,
})

function branchToJson(plan: BranchPlan): object {
  if (plan.kind === 'impossible') return plan
  const { kind, session, folder, command, steps } = plan
  return { kind, session, folder, command, steps, ...plan.kind === 'new' ? { path: plan.files.transcript.path } : {} }
}

export const formatUndoJson = (
  plan: UndoPlan, done: { readonly kept: string; readonly short: readonly string[] } | undefined,
): string => formatJson({
  schema: 1, undoes: timeOf(plan.doneAt), paths: plan.paths, conflicts: plan.conflicts, index: plan.index,
  head: plan.head ?? null, done: done ?? null,
})
