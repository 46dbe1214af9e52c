// What the options of `rewind` ask for, and which do not go together.

import { BitloopsError } from '../src/errors.ts'
import type { RewindWish } from './rewind-restore.ts'

export interface RewindWords {
  readonly act: 'list' | 'to' | 'undo' | 'continue' | 'browse'
  /** A turn or a checkpoint; empty unless `act` is `to`. */
  readonly to: string
  readonly keep: readonly string[]
  readonly force: boolean
  readonly reset: boolean
  readonly part: 'files' | 'conversation' | 'both'
  readonly dryRun: boolean
  readonly json: boolean
}

/** Throws `usage`. */
export function readRewindWords(options: Readonly<Record<string, unknown>>): RewindWords {
  const is = (name: string): boolean => options[name] === true
  const acts = (['list', 'to', 'undo', 'continue'] as const).filter((name) => options[name] !== undefined)
  if (acts.length > 1) throw new BitloopsError('usage', `--${acts[0]!} cannot be used with --${acts[1]!}`)
  const act = acts[0] ?? (is('json') ? 'list' : 'browse')
  const part = is('files') === is('conversation') ? 'both' : is('files') ? 'files' : 'conversation'
  const keep = (options['keep'] ?? []) as readonly string[]
  const words: RewindWords = {
    act, part, keep, to: act === 'to' ? String(options['to']) : '', force: is('force'), reset: is('reset'),
    dryRun: is('dryRun'), json: is('json'),
  }
  refuseStrangers(words, is('files') || is('conversation'))
  return words
}

function refuseStrangers({ act, part, keep, force, reset, dryRun, json }: RewindWords, choosesPart: boolean): void {
  const goes = act === 'to' || act === 'browse'
  const strange = [
    ...!goes && choosesPart ? ['--files and --conversation'] : [],
    ...!goes && keep.length > 0 ? ['--keep'] : [],
    ...!goes && reset ? ['--reset'] : [],
    ...!goes && act !== 'undo' && force ? ['--force'] : [],
    ...act !== 'to' && act !== 'undo' && dryRun ? ['--dry-run'] : [],
    ...act === 'continue' && json ? ['--json'] : [],
  ]
  if (strange.length > 0) {
    const instead = act === 'browse' ? 'without --to or --undo' : `with --${act}`
    throw new BitloopsError('usage', `${strange[0]!} cannot be used ${instead}`)
  }
  if (part === 'conversation' && (reset || keep.length > 0 || force)) {
    throw new BitloopsError('usage', '--reset, --keep and --force are about files')
  }
}

/** What is left open goes both ways: a conversation that cannot be cut keeps no file from going back. */
export const wishOf = ({ part, keep, force, reset }: RewindWords): RewindWish => ({
  files: part !== 'conversation',
  conversation: part === 'files' ? 'no' : part === 'conversation' ? 'must' : 'may',
  choice: { keep, force, reset },
})
