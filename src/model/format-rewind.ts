// What `rewind` says: the states to go back to, what going back would do, and what it did.

import { cleanForTerminal, cleanLine } from './clean.ts'
import type { Millis } from './event.ts'
import type { Oid } from './ids.ts'
import type { Conflict, KeptPath, RestorePlan } from './restore.ts'
import type { ListedSession, ListedTurn, Target } from './rewind-target.ts'
import type { Style } from './style.ts'
import { countOf, formatAge, padTo, shortOid, widthOf, wrap } from './text-layout.ts'

export interface RewindLayout {
  readonly style: Style
  readonly width: number
  readonly now: Millis
  /** A path of the worktree as the user would type it here. */
  readonly shown: (path: string) => string
  /** More paths of a kind than this are only counted. */
  readonly maxPaths: number
}

const AGE_COLUMNS = 10

export function formatTargets(sessions: readonly ListedSession[], layout: RewindLayout): string {
  const isLate = sessions.some(({ turns }) => turns.some(({ before, after }) =>
    before?.state === 'late' || after?.state === 'late'))
  const names = Math.max(...sessions.flatMap(({ turns }) => turns.map(({ name }) => widthOf(name))))
  return [
    ...sessions.map((session) => formatSession(session, names, layout)),
    ...isLate ? ['late: looked at after the agent had gone on; something of that may be in it\n'] : [],
  ].join('\n')
}

function formatSession(session: ListedSession, names: number, layout: RewindLayout): string {
  const { style, now, width } = layout
  const lines = [...session.turns].reverse().flatMap((turn) => {
    const remark = remarkOn(turn)
    const head = `  ${style.accent(padTo(turn.name, names))}  ${padTo(formatAge(turn.startedAt, now), AGE_COLUMNS)}  `
    const room = Math.max(20, width - names - AGE_COLUMNS - 6 - (remark === '' ? 0 : remark.length + 2))
    const margin = ' '.repeat(names + AGE_COLUMNS + 6)
    return [
      head + cleanLine(turn.prompt ?? '(no prompt)', room) + (remark === '' ? '' : `  ${style.faint(remark)}`),
      ...turn.checkpoints.map((id) => margin + style.faint(`checkpoint ${id}`)),
    ]
  })
  return [style.strong(titleOf(session, now)), ...lines, ''].join('\n')
}

export const titleOf = ({ agent, name, turns, lastEventAt }: ListedSession, now: Millis): string =>
  `${agent} ${cleanLine(name, 60)}, ${countOf(turns.length, 'turn')}, ${formatAge(lastEventAt, now)}`

/** What is not as one would expect: empty where both states are exact. */
export function remarkOn({ before, after }: ListedTurn): string {
  const words = [['before', before], ['after', after]] as const
  const odd = words.flatMap(([side, point]) =>
    point === undefined ? [`${side}: unknown`] : point.state === 'late' ? [`${side}: late`] : [])
  return odd.length === 0 ? '' : `(${odd.join(', ')})`
}

/** `after turn 2 of claude-code 3f2a9c1d, 2h ago` */
export const nameOfTarget = ({ session, turn, side, point }: Target, now: Millis): string =>
  `${side} turn ${turn.number} of ${session.agent} ${cleanLine(session.name, 60)}, ${formatAge(point.at, now)}`

const promptOf = ({ prompt = '(no prompt)' }: ListedTurn): string => cleanLine(prompt, 60)

/** Prompt and answer, each in as many lines as given. */
export function formatWords({ prompt, answer }: ListedTurn, lines: number, { style, width }: RewindLayout): string {
  const part = (heading: string, text: string | undefined): string[] => {
    if (text === undefined) return []
    const all = wrap(cleanForTerminal(text).trim(), width - 4)
    const shown = all.length > lines ? [...all.slice(0, lines - 1), '…'] : all
    return [style.strong(heading), ...shown.map((line) => `  ${line}`.trimEnd())]
  }
  return [...part('Prompt', prompt), ...part('Answer', answer), ''].join('\n')
}

export interface ShownPlan extends RestorePlan {
  readonly headThen?: Oid
  readonly headNow?: Oid
  readonly reset?: Oid
}

/** What will be done to the files, and what will not. */
export function formatPlan(plan: ShownPlan, target: Target, layout: RewindLayout): string {
  const { style, width } = layout
  const { writes, deletions, kept, conflicts } = plan
  return [
    ...wrap(`Back to the state ${nameOfTarget(target, layout.now)}: ${promptOf(target.turn)}`, width).map(style.strong),
    ...target.point.state !== 'late' ? []
      : wrap('It was looked at late, and may not be exactly what was there then.', width).map(style.bad),
    ...section('Will be written:', writes.map(({ path, before }) =>
      [path, before === undefined ? 'is not there now' : '']), layout),
    ...section('Will be deleted:', deletions.map(({ path }) => [path, '']), layout),
    ...section('Stay as they are:', kept.map((one) => [one.path, reasonOf(one)]), layout),
    ...formatConflicts(conflicts, layout),
    ...writes.length + deletions.length + conflicts.length === 0 ? ['No file has to change.'] : [],
    ...formatHead(plan).flatMap((line) => wrap(line, width)),
    '',
  ].join('\n')
}

/** Never shortened: nobody can decide about a file that is not named. */
export const formatConflicts = (conflicts: readonly Conflict[], layout: RewindLayout): readonly string[] =>
  section('In question:', conflicts.map((one) => [one.path, troubleWith(one)]), { ...layout, maxPaths: Infinity })

function section(
  heading: string, rows: readonly (readonly [path: string, remark: string])[],
  { style, shown, maxPaths }: RewindLayout,
): readonly string[] {
  if (rows.length === 0) return []
  const some = rows.slice(0, maxPaths).map(([path, remark]) => [cleanForTerminal(shown(path)), remark] as const)
  const columns = Math.min(40, Math.max(...some.map(([path]) => widthOf(path))))
  return [
    style.strong(heading),
    ...some.map(([path, remark]) => remark === '' ? `  ${path}` : `  ${padTo(path, columns)}  ${style.faint(remark)}`),
    ...rows.length > maxPaths ? [`  … and ${rows.length - maxPaths} more`] : [],
  ]
}

const EXCLUSIONS: Readonly<Record<KeptPath['why'], string>> = {
  ignored: 'ignored by Git',
  nested: 'in a repository of its own',
  submodule: 'a submodule',
  sparse: 'outside of the sparse checkout',
  unknown: 'too large to be kept, or not readable then',
  asked: 'as you asked',
  'other-session': 'changed by another session',
}

const reasonOf = ({ why, sessions }: KeptPath): string =>
  sessions === undefined ? EXCLUSIONS[why] : `changed by ${sessions.map(shortSession).join(', ')}`

function troubleWith({ why, by }: Conflict): string {
  switch (why) {
    case 'in-the-way': return `${by.slice(0, 3).map(cleanForTerminal).join(', ')} lies in its way`
    case 'other-session': return `changed by ${by.map(shortSession).join(', ')} as well`
    case 'changed-since': return by.length === 0 ? 'changed since by somebody else'
      : `changed since by somebody else, and by ${by.map(shortSession).join(', ')}`
  }
}

const shortSession = (session: string): string => `session ${cleanLine(session, 200).slice(0, 8)}`

function formatHead({ reset, headThen, headNow }: ShownPlan): readonly string[] {
  if (reset !== undefined && reset === headNow) return ['HEAD is there already; the index goes back to it.']
  if (reset !== undefined) {
    return [`HEAD and its branch go to ${shortOid(reset)}, and the index with them${from(headNow)}.`]
  }
  const stay = 'HEAD, its branch and the index stay as they are'
  if (headThen === undefined || headThen === headNow) return [`${stay}.`]
  return [`${stay}; ${shortOid(headThen)} was checked out then (--reset goes back to it).`]
}

const from = (head: Oid | undefined): string => head === undefined ? '' : ` (now ${shortOid(head)})`

/** `2 files written, 1 deleted` */
export const formatDone = (written: number, deleted: number): string =>
  `${countOf(written, 'file')} written, ${deleted} deleted`

/** Colours stay; nothing else that a terminal would obey does. */
export const cleanDiff = (text: string): string => text.replaceAll('\r', '').split(/(\x1b\[[\d;]*m)/)
  .map((part, at) => at % 2 === 1 ? part : cleanForTerminal(part)).join('')
