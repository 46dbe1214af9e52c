// Takes a rewind back, and ends one that was interrupted.

import type { RewindJournal } from '../src/git/restore-journal.ts'
import { cleanForTerminal } from '../src/model/clean.ts'
import { PLAIN } from '../src/model/style.ts'
import { countOf, formatAge, shortOid } from '../src/model/text-layout.ts'
import { applyUndo, planUndo, resumeRewind } from '../src/rewind.ts'
import type { UndoPlan } from '../src/rewind.ts'
import { formatUndoJson } from './rewind-json.ts'
import type { RewindScene } from './rewind-restore.ts'
import type { RewindWords } from './rewind-words.ts'

export async function undo(scene: RewindScene, { force, dryRun, json }: RewindWords): Promise<number> {
  const { io, context } = scene
  const plan = await planUndo(context)
  if (plan === undefined) {
    io.err('no rewind is known here that could be undone\n')
    return 1
  }
  const stops = plan.conflicts.length > 0 && !force
  if (!json && (dryRun || io.isTerminal)) io.out(formatUndo(scene, plan))
  if (!dryRun && !stops && !json && io.isTerminal && !await io.ask('Undo it?', true)) return 1
  const done = dryRun || stops ? undefined : await applyUndo(context, plan, { force })
  if (json) io.out(formatUndoJson(plan, done))
  if (stops && !json && !dryRun) refuse(scene, plan, io.isTerminal)
  if (done === undefined) return stops ? 1 : 0
  if (!json) {
    io.out(`${countOf(plan.paths.length, 'file')} as before the rewind\n`)
    io.out(`What was there until now is kept: ${done.kept}\n`)
    for (const each of done.short) io.err(cleanForTerminal(`warning: ${each}\n`))
  }
  return done.short.length > 0 ? 1 : 0
}

function formatUndo({ layout }: RewindScene, plan: UndoPlan): string {
  const { shown, maxPaths, style, now } = layout
  const names = (paths: readonly string[], most: number): string[] => [
    ...paths.slice(0, most).map((path) => `  ${cleanForTerminal(shown(path))}`),
    ...paths.length > most ? [`  … and ${paths.length - most} more`] : [],
  ]
  return [
    style.strong(`Undo the rewind of ${formatAge(plan.doneAt, now)}`),
    ...plan.paths.length > 0 ? [style.strong('As before it:'), ...names(plan.paths, maxPaths)] : [],
    ...plan.conflicts.length > 0
      ? [style.strong('Changed since the rewind:'), ...names(plan.conflicts, Infinity)] : [],
    ...plan.head === undefined ? [] : [`HEAD goes back to ${shortOid(plan.head.to)}.`],
    INDEX_WORDS[plan.index], '',
  ].join('\n')
}

const INDEX_WORDS: Readonly<Record<UndoPlan['index'], string>> = {
  'as-kept': 'The index holds what it held.',
  changed: 'The index was changed since the rewind, and stays as it is.',
  back: 'The index gets back what it held.',
}

function refuse({ io, layout }: RewindScene, { conflicts }: UndoPlan, isShown: boolean): void {
  io.err([
    `error: ${countOf(conflicts.length, 'file')} changed since the rewind; nothing was written`,
    ...isShown ? [] : conflicts.map((path) => `  ${cleanForTerminal(layout.shown(path))}`),
    'hint: --force undoes it all the same; what is there now is kept', '',
  ].join('\n'))
}

/** Says what was interrupted; asks which way to go where somebody can answer. */
export async function tellInterrupted(scene: RewindScene, journal: RewindJournal, mayAsk: boolean): Promise<number> {
  const { io } = scene
  io.err(cleanForTerminal(describe(scene, journal)))
  if (!mayAsk) {
    io.err('hint: git bitloops rewind --continue brings it to its end\n'
      + 'hint: git bitloops rewind --undo brings back what was there before it began\n')
    return 128
  }
  const { choose, withoutColours } = await import('./rewind-prompts.ts')
  if (scene.layout.style === PLAIN) withoutColours()
  const answer = await choose<'on' | 'back'>('What shall become of it?', [
    { value: 'on', label: 'Bring it to its end' },
    { value: 'back', label: 'Bring back what was there before it began' },
  ])
  return answer.kind === 'chosen' ? await goOn(scene, journal, answer.value) : 1
}

function describe({ layout, repository }: RewindScene, { work, startedAt, worktree }: RewindJournal): string {
  const what = work.kind === 'undo' ? 'the undo of a rewind'
    : `a rewind (${countOf(work.writes.length, 'file')} to write, ${work.deletions.length} to delete)`
  const where = worktree === repository.worktree ? '' : ` in ${worktree}`
  return `error: ${what} was begun ${formatAge(startedAt, layout.now)}${where} and did not come to its end\n`
}

export async function goOn(scene: RewindScene, journal: RewindJournal, direction: 'on' | 'back'): Promise<number> {
  const { io, context } = scene
  const { short } = await resumeRewind(context, journal, direction)
  const isRewind = journal.work.kind === 'rewind'
  io.out(direction === 'back' ? 'All is as before it began\n'
    : isRewind ? 'The rewind is done\nTo take it back: git bitloops rewind --undo\n' : 'The rewind is undone\n')
  for (const each of short) io.err(cleanForTerminal(`warning: ${each}\n`))
  return short.length > 0 ? 1 : 0
}
