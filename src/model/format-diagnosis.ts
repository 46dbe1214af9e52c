// How a diagnosis reads on a terminal and as JSON.

import type { Check } from './check.ts'
import type { Style } from './style.ts'
import { countOf, wrap } from './text-layout.ts'

/** What `--fix` did. */
export interface Mended {
  readonly message: string
  readonly isDone: boolean
}

export const isFine = (checks: readonly Check[]): boolean => checks.every(({ state }) => state !== 'fail')

const INDENT = 6
const LABELS = { ok: 'ok', warn: 'warn', fail: 'FAIL' } as const

export function formatDiagnosis(
  mended: readonly Mended[], checks: readonly Check[], style: Style, width: number,
): string {
  const paint = { ok: style.good, warn: style.accent, fail: style.bad }
  const lines = [
    ...mended.flatMap(({ message, isDone }) => isDone
      ? item(style.good('fixed'), 5, message, width) : item(style.bad(LABELS.fail), 4, message, width)),
    ...checks.flatMap(({ state, message, fix }) => [
      ...item(paint[state](LABELS[state]), LABELS[state].length, message, width),
      ...fix === undefined ? [] : item('', 0, `→ ${fix}`, width),
    ]),
  ]
  return `${[...lines, ...formatSum(checks)].join('\n')}\n`
}

function item(label: string, columns: number, text: string, width: number): readonly string[] {
  return wrap(text, width - INDENT).map((line, at) =>
    (at === 0 ? label + ' '.repeat(INDENT - columns) : ' '.repeat(INDENT)) + line)
}

function formatSum(checks: readonly Check[]): readonly string[] {
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length
  if (count('fail') + count('warn') === 0) return []
  const parts = [
    ...count('fail') > 0 ? [countOf(count('fail'), 'problem')] : [],
    ...count('warn') > 0 ? [countOf(count('warn'), 'warning')] : [],
  ]
  return ['', `${parts.join(', ')}.`]
}

/** `{schema, ok, checks, mended?}` as docs and `doctor --json` promise. */
export const diagnosisJson = (mended: readonly Mended[] | undefined, checks: readonly Check[]): unknown => ({
  schema: 1,
  ok: isFine(checks),
  ...mended === undefined ? {} : { mended: mended.map(({ message, isDone }) => ({ message, done: isDone })) },
  checks: checks.map(({ id, state, message, fix }) => ({ id, state, message, ...fix === undefined ? {} : { fix } })),
})
