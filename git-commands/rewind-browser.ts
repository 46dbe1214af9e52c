// The interactive part of `git bitloops rewind`: sessions, their turns, what was said and changed, and the way back.

import { diffText } from '../src/git/diff-text.ts'
import type { DiffRequest } from '../src/git/diff-text.ts'
import { cleanLine } from '../src/model/clean.ts'
import { cleanDiff, formatWords, remarkOn, titleOf } from '../src/model/format-rewind.ts'
import type { ListedSession, ListedTurn, Side, Target } from '../src/model/rewind-target.ts'
import { targetOf } from '../src/model/rewind-target.ts'
import { PLAIN } from '../src/model/style.ts'
import { formatAge } from '../src/model/text-layout.ts'
import type { RewindChoice } from '../src/rewind.ts'
import { choose, withoutColours } from './rewind-prompts.ts'
import type { Answer, Choice } from './rewind-prompts.ts'
import {
  carryOut, formatPrepared, hasConflicts, hasWork, planConversation, prepare, tellDone,
} from './rewind-restore.ts'
import type { Prepared, RewindScene, RewindWish } from './rewind-restore.ts'
import { wishOf } from './rewind-words.ts'
import type { RewindWords } from './rewind-words.ts'
import { show } from './screen.ts'

/** What a step of the browser leads to: one back, out of it, or an exit code. */
type Step = 'back' | 'left' | number

/** Leaving without going back is no failure. */
export async function browse(
  scene: RewindScene, sessions: readonly ListedSession[], words: RewindWords,
): Promise<number> {
  if (scene.layout.style === PLAIN) withoutColours()
  const step = sessions.length === 1 ? await browseTurns(scene, sessions[0]!, words)
    : await browseSessions(scene, sessions, words)
  return typeof step === 'number' ? step : 0
}

async function browseSessions(
  scene: RewindScene, sessions: readonly ListedSession[], words: RewindWords,
): Promise<Step> {
  const { now } = scene.layout
  const choices = sessions.map((one) => ({ value: one.session, label: titleOf(one, now), ...lastPrompt(one) }))
  return await revisit('Which session?', choices, (session) =>
    browseTurns(scene, sessions.find((one) => one.session === session)!, words))
}

function lastPrompt({ turns }: ListedSession): { readonly hint?: string } {
  const prompt = turns.findLast((turn) => turn.prompt !== undefined)?.prompt
  return prompt === undefined ? {} : { hint: cleanLine(prompt, 30) }
}

/** Asks again, where the cursor was, until a choice leads out. */
async function revisit<Value extends string>(
  question: string, choices: readonly Choice<Value>[], visit: (value: Value) => Promise<Step>,
): Promise<Step> {
  let first: Value | undefined
  for (;;) {
    const answer = await choose(question, choices, { searchable: true, first })
    if (answer.kind !== 'chosen') return answer.kind
    const step = await visit(answer.value)
    if (step !== 'back') return step
    first = answer.value
  }
}

/** What stands before and behind a prompt in the list, at most. */
const BESIDE_PROMPT = 46
const SHORT_CHECKPOINT = 10

async function browseTurns(scene: RewindScene, session: ListedSession, words: RewindWords): Promise<Step> {
  const { width, now } = scene.layout
  const choices = [...session.turns].reverse().map((turn) => {
    const marks = [formatAge(turn.startedAt, now), remarkOn(turn), checkpointOf(turn)]
    return {
      value: turn.turn, label: `${String(turn.number).padStart(3)}  `
        + cleanLine(turn.prompt ?? '(no prompt)', Math.max(20, width - BESIDE_PROMPT)),
      hint: marks.filter(Boolean).join(', '),
    }
  })
  return await revisit('Which turn?', choices, (turn) =>
    visitTurn(scene, session, session.turns.find((one) => one.turn === turn)!, words))
}

const checkpointOf = ({ checkpoints }: ListedTurn): string =>
  checkpoints.length === 0 ? '' : `checkpoint ${checkpoints.at(-1)!.slice(0, SHORT_CHECKPOINT)}`

type Action = 'changes' | 'words' | Side

const ACTIONS: Readonly<Record<Action, string>> = {
  changes: 'See what this turn changed',
  words: 'Read prompt and answer in full',
  after: 'Go back to how it was after this turn',
  before: 'Go back to how it was before this turn',
}

const SHOWN_LINES = 4

async function visitTurn(
  scene: RewindScene, session: ListedSession, turn: ListedTurn, words: RewindWords,
): Promise<Step> {
  const { io, layout } = scene
  io.out(`\n${formatWords(turn, SHOWN_LINES, layout)}`)
  const actions = actionsOn(turn).map((value) => ({ value, label: ACTIONS[value], ...lateness(turn, value) }))
  let first: Action | undefined
  for (;;) {
    const answer = await choose(`Turn ${turn.number}`, actions, { first })
    if (answer.kind !== 'chosen') return answer.kind
    first = answer.value
    const step = await perform(scene, session, turn, answer.value, words)
    if (step !== 'back') return step
  }
}

const actionsOn = ({ before, after }: ListedTurn): readonly Action[] => [
  ...before !== undefined && after !== undefined ? ['changes'] as const : [], 'words',
  ...after === undefined ? [] : ['after'] as const, ...before === undefined ? [] : ['before'] as const,
]

const lateness = (turn: ListedTurn, action: Action): { readonly hint?: string } =>
  (action === 'after' || action === 'before') && turn[action]?.state === 'late'
    ? { hint: 'looked at late: may not be exact' } : {}

async function perform(
  scene: RewindScene, session: ListedSession, turn: ListedTurn, action: Action, words: RewindWords,
): Promise<Step> {
  const { io, layout } = scene
  if (action === 'after' || action === 'before') {
    const target = targetOf(session, turn, action)
    return target.kind === 'found' ? await goBack(scene, target, words) : 'back'
  }
  if (action === 'words') await show(io, `\n${formatWords(turn, Infinity, layout)}`)
  else await showDiff(scene, { from: turn.before!.tree, to: turn.after!.tree })
  return 'back'
}

async function showDiff(
  { io, repository, layout }: RewindScene, request: Omit<DiffRequest, 'colour'>,
): Promise<void> {
  const place = { ...repository, cwd: repository.worktree }
  const text = cleanDiff(await diffText(place, { ...request, colour: layout.style !== PLAIN }))
  if (text === '') io.out('\nNo file differs.\n')
  else await show(io, text)
}

async function goBack(scene: RewindScene, target: Target, words: RewindWords): Promise<Step> {
  const { io } = scene
  const part = await choosePart(scene, target, words)
  if (part.kind !== 'chosen') return part.kind
  const wish = wishOf({ ...words, part: part.value })
  const decided = await decide(scene, target, wish)
  if (decided === 'back' || decided === 'left') return decided
  io.out(`\n${formatPrepared(decided, scene)}`)
  if (!hasWork(decided)) return tellDone(scene, decided, await carryOut(scene, decided), true)
  return await confirm(scene, decided)
}

async function confirm(scene: RewindScene, decided: Prepared): Promise<Step> {
  const { files } = decided
  const paths = [...files?.writes ?? [], ...files?.deletions ?? []].map(({ path }) => path)
  const look = { value: 'difference', label: 'See what that changes' }
  const choices = [{ value: 'yes', label: 'Yes' }, ...paths.length > 0 ? [look] : [], { value: 'no', label: 'No' }]
  for (;;) {
    const sure = await choose('Go back?', choices)
    if (sure.kind !== 'chosen') return sure.kind
    if (sure.value === 'no') return 'back'
    if (sure.value === 'yes') return tellDone(scene, decided, await carryOut(scene, decided), true)
    await showDiff(scene, { from: files!.present, to: files!.target, paths })
  }
}

async function choosePart(
  scene: RewindScene, target: Target, { part }: RewindWords,
): Promise<Answer<RewindWords['part']>> {
  if (part !== 'both') return { kind: 'chosen', value: part }
  const conversation = await planConversation(scene, target)
  if (conversation.kind === 'impossible') return { kind: 'chosen', value: 'both' }
  return await choose<RewindWords['part']>('What goes back?', [
    { value: 'both', label: 'Files and conversation' },
    { value: 'files', label: 'Only files' },
    { value: 'conversation', label: 'Only the conversation' },
  ])
}

type Verdict = 'keep' | 'force'

/** Asks about each file that would lose what somebody else changed. */
async function decide(scene: RewindScene, target: Target, wish: RewindWish): Promise<Prepared | 'back' | 'left'> {
  const prepared = await prepare(scene, target, wish)
  if (!hasConflicts(prepared)) return prepared
  scene.io.out(`\n${formatPrepared(prepared, scene)}`)
  const conflicts = prepared.files!.conflicts
  const all = await choose<Verdict | 'each'>('What becomes of the files in question?', [
    { value: 'keep', label: 'They stay as they are' },
    { value: 'force', label: 'They go back, too', hint: 'what is there now is kept for --undo' },
    { value: 'each', label: 'Decide for each file' },
  ])
  if (all.kind !== 'chosen') return all.kind
  const keep: string[] = []
  for (const { path } of conflicts) {
    const one = all.value === 'each' ? await chooseFor(scene, path) : { kind: 'chosen' as const, value: all.value }
    if (one.kind !== 'chosen') return one.kind
    if (one.value === 'keep') keep.push(path)
  }
  const choice: RewindChoice = { ...wish.choice, keep: [...wish.choice.keep, ...keep], force: true }
  const again = await prepare(scene, target, { ...wish, choice })
  // Nobody was asked about what changed meanwhile.
  if (again.files?.present !== prepared.files?.present) return await decide(scene, target, wish)
  // What still lies in the way can only stay, and so can the file behind it.
  const stuck = (again.files?.conflicts ?? []).map(({ path }) => path)
  return stuck.length === 0 ? again
    : await prepare(scene, target, { ...wish, choice: { ...choice, keep: [...choice.keep, ...stuck] } })
}

const chooseFor = ({ layout }: RewindScene, path: string): Promise<Answer<Verdict>> =>
  choose<Verdict>(cleanLine(layout.shown(path), 60), [
    { value: 'keep', label: 'Stays as it is' }, { value: 'force', label: 'Goes back' },
  ])
