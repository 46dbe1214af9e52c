// What `git bitloops status` tells, and the three forms it is told in.

import { cleanForTerminal, cleanLine } from './clean.ts'
import type { Millis } from './event.ts'
import type { PushState } from './push-state.ts'
import type { Style } from './style.ts'
import { countOf, formatAge, wrap } from './text-layout.ts'

export interface SessionOverview {
  readonly agent: string
  readonly session: string
  readonly worktree?: string
  readonly startedAt: Millis
  readonly lastEventAt: Millis
  /** The first words of the user, redacted. */
  readonly prompt?: string
}

export interface StoreOverview {
  /** The latest first. */
  readonly active: readonly SessionOverview[]
  readonly lastEventAt?: Millis
  readonly checkpoints: number
  /** What no checkpoint has yet, of the sessions whose edits wait for a commit. */
  readonly drafts: { readonly turns: number; readonly edits: number; readonly files: number }
  /** Commits whose checkpoint is decided but not yet written. */
  readonly waiting: readonly string[]
}

export interface StatusWarning {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

export interface StatusReport {
  readonly capture: 'enabled' | 'disabled' | 'not set up'
  /** What switched it off. */
  readonly by?: string
  /** Where this is, unless it is a plain worktree: `bare repository`, `linked worktree of …`, `submodule`. */
  readonly place?: string
  readonly agents: readonly string[]
  /** Absent where nothing was ever recorded. */
  readonly store?: StoreOverview
  /** Checkpoints came with a fetch, and nobody has counted them. */
  readonly hasUncounted: boolean
  /** Absent where git-bitloops is not set up. */
  readonly sharing?: PushState
  readonly warnings: readonly StatusWarning[]
}

export function formatStatus(report: StatusReport, now: Millis, style: Style, width: number): string {
  const { store } = report
  const line = (label: string, text: string): string => `${`${label}:`.padEnd(13)}${text}\n`
  const active = store?.active ?? []
  const { turns, edits, files } = store?.drafts ?? { turns: 0, edits: 0, files: 0 }
  return [
    line('Capture', formatCapture(report, style)),
    line('Agents', report.agents.length === 0 ? 'none' : report.agents.join(', ')),
    line('Session', formatSession(report, now, style)),
    line('Checkpoints', formatCheckpoints(report)),
    ...edits === 0 ? [] : [line('Drafts',
      `${turns === 0 ? '' : `${countOf(turns, 'turn')}, `}${countOf(edits, 'edit')} in ${countOf(files, 'file')} `
        + 'not yet committed')],
    ...report.place === undefined ? [] : [line('Repository', report.place)],
    ...active.length < 2 ? [] : ['\n', ...active.map((session) => formatActive(session, now, style, width))],
    ...report.warnings.length === 0 ? [] : ['\n'],
    ...report.warnings.flatMap((warning) => formatWarning(warning, style, width)),
  ].join('')
}

function formatCapture({ capture, by }: StatusReport, style: Style): string {
  if (capture === 'enabled') return style.good('enabled')
  if (capture === 'not set up') return 'not set up (git bitloops init)'
  return `${style.bad('disabled')}${by === undefined ? '' : ` (by ${by})`}`
}

function formatSession({ store }: StatusReport, now: Millis, style: Style): string {
  const [first, ...others] = store?.active ?? []
  if (first !== undefined) {
    const more = others.length === 0 ? '' : `, and ${others.length} more`
    return `${style.good('active')} (started ${formatAge(first.startedAt, now)})${more}`
  }
  return store?.lastEventAt === undefined ? 'none' : `idle (last session: ${formatAge(store.lastEventAt, now)})`
}

const formatCheckpoints = ({ store, hasUncounted }: StatusReport): string =>
  store === undefined && hasUncounted ? 'fetched, not counted' : `${store?.checkpoints ?? 0} total (committed)`

function formatActive(session: SessionOverview, now: Millis, style: Style, width: number): string {
  const head = `  ${session.agent} ${session.session.slice(0, 8)}  ${formatAge(session.lastEventAt, now)}`
  const place = session.worktree === undefined ? '' : `  ${session.worktree}`
  const room = width - head.length - place.length - 4
  const prompt = session.prompt === undefined || room < 10 ? '' : `  “${cleanLine(session.prompt, room - 2)}”`
  return `${head}${style.faint(place)}${prompt}\n`
}

function formatWarning({ message, hint }: StatusWarning, style: Style, width: number): string[] {
  const lines = wrap(message, width - 9).map((text, at) =>
    `${at === 0 ? style.bad('warning: ') : ' '.repeat(9)}${text}\n`)
  return hint === undefined ? lines : [...lines, `${style.faint(`hint: ${hint}`)}\n`]
}

/** For `--json`. */
export function statusToJson({ store, ...report }: StatusReport): object {
  const time = (at: Millis): string => new Date(at).toISOString()
  return {
    schema: 1,
    capture: report.capture, ...report.by === undefined ? {} : { by: report.by },
    ...report.place === undefined ? {} : { repository: report.place },
    agents: report.agents,
    session: sessionState(store),
    sessions: (store?.active ?? []).map((session) =>
      ({ ...session, startedAt: time(session.startedAt), lastEventAt: time(session.lastEventAt) })),
    ...store?.lastEventAt === undefined ? {} : { lastEventAt: time(store.lastEventAt) },
    checkpoints: store === undefined && report.hasUncounted ? null : store?.checkpoints ?? 0,
    drafts: store?.drafts ?? { turns: 0, edits: 0, files: 0 },
    waiting: store?.waiting ?? [],
    ...report.sharing === undefined ? {} : { sharing: report.sharing },
    warnings: report.warnings,
  }
}

/** For `--porcelain`: a key, a space and a value. Keys are only ever added, values never change their form. */
export function statusLines(report: StatusReport): readonly string[] {
  const { store } = report
  const lines = [
    `capture ${report.capture.replaceAll(' ', '-')}`,
    ...report.agents.map((agent) => `agent ${agent}`),
    `session ${sessionState(store)}`,
    ...(store?.active ?? []).map((one) => `active ${one.agent} ${one.startedAt} ${one.lastEventAt} ${one.session}`),
    ...store?.lastEventAt === undefined ? [] : [`last-event ${store.lastEventAt}`],
    `checkpoints ${store === undefined && report.hasUncounted ? '-' : store?.checkpoints ?? 0}`,
    `drafts ${store?.drafts.turns ?? 0} ${store?.drafts.edits ?? 0} ${store?.drafts.files ?? 0}`,
    ...(store?.waiting ?? []).map((commit) => `waiting ${commit}`),
    ...report.warnings.map(({ code, message }) => `warning ${code} ${message}`),
  ]
  return lines.map((line) => cleanForTerminal(line).replace(/\s/g, ' '))
}

const sessionState = (store: StoreOverview | undefined): 'active' | 'idle' | 'none' =>
  (store?.active.length ?? 0) > 0 ? 'active' : store?.lastEventAt === undefined ? 'none' : 'idle'
