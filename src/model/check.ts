// What doctor says of each thing it looked at, and what mends it.

/** What `doctor --fix` can do by itself. None of it removes what was recorded. */
export type Repair =
  | 'install'      // as init does, without asking
  | 'rights'       // nobody else may read what is private; hooks may be run
  | 'drain'        // take in what waits in the inbox
  | 'plans'        // finish checkpoints that were begun
  | 'missed'       // look for commits and sessions that no hook told of
  | 'leftovers'    // take out private refs that nobody needs any more

export interface Check {
  /** What was looked at; it comes once for each thing found there. */
  readonly id: string
  /** warn: worth knowing. fail: something does not work and needs the user. */
  readonly state: 'ok' | 'warn' | 'fail'
  /** What was seen, and what it means. */
  readonly message: string
  /** What `--fix` will do, or what the user can do. */
  readonly fix?: string
  readonly repair?: Repair
}

/** The remedy of a problem: in words, and as what `--fix` does where it can. */
export interface Remedy {
  readonly fix?: string
  readonly repair?: Repair
}

export const ok = (id: string, message: string): Check => ({ id, state: 'ok', message })
export const warn = (id: string, message: string, remedy: Remedy = {}): Check => ({ id, state: 'warn', message, ...remedy })
export const fail = (id: string, message: string, remedy: Remedy = {}): Check => ({ id, state: 'fail', message, ...remedy })

/** The problems or, where there are none, one line that says so. */
export const orElse = (problems: readonly Check[], id: string, message: string): readonly Check[] =>
  problems.length > 0 ? problems : [ok(id, message)]

/** The repairs that these checks ask for, in the order they have to be done. */
export function repairsOf(checks: readonly Check[]): readonly Repair[] {
  const wanted = new Set(checks.map(({ repair }) => repair))
  return REPAIR_ORDER.filter((repair) => wanted.has(repair))
}

const REPAIR_ORDER: readonly Repair[] = ['install', 'rights', 'drain', 'missed', 'plans', 'leftovers']
