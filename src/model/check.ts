// What doctor says of each thing it looked at, and what mends it.

/** What `doctor --fix` can do by itself. None of it removes what was recorded. */
export type Repair =
  | 'install'    // as init does, without asking
  | 'rights'     // hooks may be run, and nobody else may read what is private
  | 'drain'      // take in what waits in the inbox
  | 'missed'     // look for commits that no hook told of
  | 'plans'      // finish checkpoints that were begun
  | 'index'      // make the committed tables anew out of the ref

/** In this order they have to be done. */
const REPAIRS: readonly Repair[] = ['install', 'rights', 'drain', 'missed', 'plans', 'index']

/** What the user can do about a problem, in words, and what `--fix` does about it, where it can. */
export interface Remedy {
  readonly fix?: string
  readonly repair?: Repair
}

export interface Check extends Remedy {
  /** What was looked at; it comes once for each problem found there. */
  readonly id: string
  /** warn: worth knowing. fail: something does not work, and needs the user. */
  readonly state: 'ok' | 'warn' | 'fail'
  /** What was seen, and what it means. */
  readonly message: string
}

export const ok = (id: string, message: string): Check => ({ id, state: 'ok', message })
export const warn = (id: string, message: string, remedy: Remedy = {}): Check =>
  ({ id, state: 'warn', message, ...remedy })
export const fail = (id: string, message: string, remedy: Remedy = {}): Check =>
  ({ id, state: 'fail', message, ...remedy })

/** The remedy that `--fix` is: `does` says what that does. */
export const fixedBy = (repair: Repair, does: string): Remedy => ({ fix: `git bitloops doctor --fix ${does}`, repair })

/** The problems or, where there are none, one line that says so. */
export const orElse = (problems: readonly Check[], id: string, message: string): readonly Check[] =>
  problems.length > 0 ? problems : [ok(id, message)]

/**
 * The repairs that these checks ask for, in the order in which they have to be done. Where capture is on, what hooks
 * did not tell of is looked for in any case: nothing shows from outside that it is there.
 */
export function repairsOf(checks: readonly Check[]): readonly Repair[] {
  const wanted = new Set(checks.map(({ repair }) => repair))
  if (isCapturing(checks)) wanted.add('missed')
  return REPAIRS.filter((repair) => wanted.has(repair))
}

export const isCapturing = (checks: readonly Check[]): boolean =>
  checks.some(({ id, state }) => id === 'capture' && state === 'ok')
