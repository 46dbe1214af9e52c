// Measures by turns: one run of each case, then the next round, so that a busy moment of the machine hits all alike.

import { spawnSync } from 'node:child_process'

export interface Case {
  /** Not measured. */
  readonly prepare?: () => void
  readonly run: () => void
}

/** Medians in milliseconds, by name. The first round warms up and does not count. */
export function measure<Name extends string>(
  cases: Readonly<Record<Name, Case>>, rounds: number,
): Record<Name, number> {
  const names = Object.keys(cases) as Name[]
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      cases[name].prepare?.()
      const ms = timed(cases[name].run)
      if (round > 0) times.get(name)!.push(ms)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name)!)])) as Record<Name, number>
}

export function timed(run: () => void): number {
  const began = process.hrtime.bigint()
  run()
  return Number(process.hrtime.bigint() - began) / 1e6
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export interface Call {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly input?: string
}

/** Runs a program to its end; a failure stops the benchmark, since it would be measured as speed. */
export function call(program: string, args: readonly string[], { cwd, env, input }: Call): string {
  const outcome = spawnSync(program, args, { cwd, env, input: input ?? '', encoding: 'utf8', maxBuffer: 1 << 28 })
  if (outcome.status === 0) return outcome.stdout
  throw new Error(`${program} ${args.join(' ')} ended with ${outcome.status}: ${outcome.stdout}${outcome.stderr}`)
}

export interface Cost {
  /** Time on the processor, of the program and all it started. */
  readonly cpuMs: number
  readonly peakMb: number
}

/** As `call`, told what it cost. A drain waits for more before it ends: its time on the clock says nothing. */
export function callForCost(program: string, args: readonly string[], place: Call): Cost {
  const script = 'import resource,subprocess,sys; subprocess.run(sys.argv[1:], check=True); ' +
    'r=resource.getrusage(resource.RUSAGE_CHILDREN); ' +
    'sys.stderr.write("cost %d %d" % ((r.ru_utime + r.ru_stime) * 1000, r.ru_maxrss / 1024))'
  const outcome = spawnSync('python3', ['-c', script, program, ...args], { ...place, encoding: 'utf8' })
  const [, cpuMs, peakMb] = /cost (\d+) (\d+)$/.exec(outcome.stderr) ?? []
  if (outcome.status !== 0 || cpuMs === undefined) throw new Error(`${program}: ${outcome.stderr}`)
  return { cpuMs: Number(cpuMs), peakMb: Number(peakMb) }
}
