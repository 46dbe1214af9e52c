// Goes back to a state that was chosen: the plan in words, and what was done. The browser and `--to` both end here.

import { randomUUID } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { BitloopsError } from '../src/errors.ts'
import type { Repository } from '../src/git/repository.ts'
import { cleanForTerminal } from '../src/model/clean.ts'
import { formatCommand } from '../src/model/format-resume.ts'
import { formatConflicts, formatDone, formatPlan } from '../src/model/format-rewind.ts'
import type { RewindLayout } from '../src/model/format-rewind.ts'
import type { Target } from '../src/model/rewind-target.ts'
import { countOf, wrap } from '../src/model/text-layout.ts'
import { applyRewind, planRewind } from '../src/rewind.ts'
import type { RewindChoice, RewindContext, RewindPlan, Rewound } from '../src/rewind.ts'
import { makeBranch, planBranch } from '../src/store/branch-session.ts'
import type { BranchPlan } from '../src/store/branch-session.ts'
import type { Io } from './io.ts'

export interface RewindScene {
  readonly io: Io
  readonly context: RewindContext
  readonly repository: Repository & { readonly worktree: string }
  readonly layout: RewindLayout
}

export interface RewindWish {
  readonly files: boolean
  /** `may`: where it cannot be cut, the files go back without it. */
  readonly conversation: 'must' | 'may' | 'no'
  readonly choice: RewindChoice
}

export interface Prepared {
  readonly target: Target
  readonly files?: RewindPlan
  readonly conversation?: BranchPlan
}

/** Finds out what it comes to; writes nothing. */
export async function prepare(scene: RewindScene, target: Target, wish: RewindWish): Promise<Prepared> {
  const conversation = wish.conversation === 'no' ? undefined : await planConversation(scene, target)
  if (wish.conversation === 'must' && conversation?.kind === 'impossible') {
    throw new BitloopsError('refused', `the conversation cannot be taken back there: ${conversation.why}`)
  }
  const files = wish.files ? await planRewind(scene.context, target.point.snapshot, wish.choice) : undefined
  return { target, ...files === undefined ? {} : { files }, ...conversation === undefined ? {} : { conversation } }
}

export async function planConversation(
  { io, context, repository }: RewindScene, { session, turn, side }: Target,
): Promise<BranchPlan> {
  // What is cut from the agent's own transcript is not redacted: a copy of it stays beside the live store.
  const scratch = join(repository.home, 'resume')
  return await planBranch(
    { repository, store: context.store, userHome: io.env['HOME'] ?? '/', env: io.env, now: io.now, scratch },
    { agent: session.agent, session: session.session, turn: turn.turn, keep: side, uuid: randomUUID() })
}

/** What will be done, in plain words. */
export function formatPrepared({ target, files, conversation }: Prepared, { layout }: RewindScene): string {
  return [
    ...files === undefined ? [] : [formatPlan(files, target, layout)],
    ...conversation === undefined ? []
      : wrap(cleanForTerminal(wordsOn(conversation, target)), layout.width).map((line) => `${line}\n`),
  ].join('')
}

function wordsOn(conversation: BranchPlan, { turn, side, session }: Target): string {
  switch (conversation.kind) {
    case 'new': return `The conversation ${side === 'after' ? 'up to and with' : 'before'} turn ${turn.number} becomes `
      + `a new session of ${session.agent}; the old one stays.`
    case 'whole': return 'The conversation ends there already.'
    case 'impossible': return `The conversation stays as it is: ${conversation.why}.`
  }
}

export const hasConflicts = ({ files }: Prepared): boolean => (files?.conflicts.length ?? 0) > 0

/** True when something would be written anywhere. */
export const hasWork = ({ files, conversation }: Prepared): boolean =>
  changesFiles(files) || conversation?.kind === 'new'

const changesFiles = (plan: RewindPlan | undefined): plan is RewindPlan =>
  plan !== undefined && (plan.writes.length > 0 || plan.deletions.length > 0 || plan.reset !== undefined)

/** Names the files that the user has to decide about, unless the plan that is on the screen did. */
export function refuse({ io, layout }: RewindScene, { files }: Prepared, isShown: boolean): number {
  const conflicts = files?.conflicts ?? []
  io.err([
    `error: ${countOf(conflicts.length, 'file')} would lose what somebody else changed; nothing was written`,
    ...isShown ? [] : formatConflicts(conflicts, layout).slice(1),
    ...HINTS_ON_CONFLICTS, '',
  ].join('\n'))
  return 1
}

export const HINTS_ON_CONFLICTS: readonly string[] = [
  'hint: --keep <path> leaves a file as it is',
  'hint: --force takes all of them back, and --undo brings them again',
]

export interface Done {
  readonly files?: Rewound
  readonly conversation?: BranchPlan
}

export async function carryOut(scene: RewindScene, { files, conversation }: Prepared): Promise<Done> {
  const rewound = changesFiles(files) ? await applyRewind(scene.context, files) : undefined
  if (conversation?.kind === 'new') makeBranch(conversation)
  return {
    ...rewound === undefined ? {} : { files: rewound },
    ...conversation === undefined ? {} : { conversation },
  }
}

/** What was done, how to take it back, and how to go on. A plan that is on the screen has said what stays. */
export function tellDone(
  { io }: RewindScene, prepared: Prepared, { files, conversation }: Done, isShown: boolean,
): number {
  if (files !== undefined) {
    io.out(`${formatDone(files.written, files.deleted)}\nTo take it back: git bitloops rewind --undo\n`)
  } else if (prepared.files !== undefined && !isShown) {
    io.out('No file had to change\n')
  }
  if (conversation?.kind === 'impossible') {
    if (!isShown) io.out(cleanForTerminal(`${wordsOn(conversation, prepared.target)}\n`))
  } else if (conversation !== undefined) {
    const words = [...conversation.kind === 'new' ? conversation.steps : [], conversation.command]
    const folder = conversation.folder === realpathSync.native(io.cwd) ? undefined : conversation.folder
    io.out('To go on with the conversation from there:\n')
    for (const each of words) io.out(cleanForTerminal(`  ${formatCommand(each, folder)}\n`))
  }
  for (const each of files?.short ?? []) io.err(cleanForTerminal(`warning: ${each}\n`))
  return (files?.short.length ?? 0) > 0 ? 1 : 0
}
