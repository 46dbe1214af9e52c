// The page of the benchmarks: every figure beside its bar, as ratios that hold on other machines.

export interface Row {
  readonly what: string
  readonly ms?: number
  readonly mb?: number
  readonly count?: number
  /** Measured in the same minutes: `node -e 0`, and `git rev-parse HEAD`. */
  readonly N?: number
  readonly G?: number
  readonly bar?: { readonly words: string; readonly ms?: number; readonly mb?: number; readonly count?: number }
}

export interface Circumstances {
  readonly machine: string
  readonly rounds: number
  /** Processes that wanted to run, on average over the last 15 minutes. */
  readonly load: number
  readonly cores: number
}

/** The benchmark itself keeps about one core busy. */
const BUSY = ' **Other work was going on: take verdicts near a bar as open, and measure again.**'

export function formatReport(rows: readonly Row[], { machine, rounds, load, cores }: Circumstances): string {
  return `# Benchmarks

Written by \`make bench\` on a ${machine}. Each time is the median of ${rounds} runs
(of five or ten where one takes seconds), taken by turns with the others of its group. N is the time of \`node -e 0\`,
G that of \`git rev-parse HEAD\`, measured in the same minutes: read the ratios, the milliseconds are this machine's.
No test depends on time.

The load was ${load.toFixed(1)} on ${cores} cores.${load > cores ? BUSY : ''}

| what | measured | in N | in G | bar | |
|---|---:|---:|---:|---|---|
${rows.map(formatRow).join('\n')}
`
}

function formatRow(row: Row): string {
  const { what, ms, N, G, bar } = row
  const ratio = (unit: number | undefined): string =>
    ms === undefined || unit === undefined ? '' : (ms / unit).toFixed(1)
  const limit = bar === undefined ? ''
    : bar.ms === undefined ? `≤ ${bar.words}` : `≤ ${bar.words} = ${formatMs(bar.ms)}`
  return `| ${[what, formatValue(row), ratio(N), ratio(G), limit, verdict(row)].join(' | ')} |`
}

const formatMs = (ms: number): string => ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`

const formatValue = ({ ms, mb, count }: Row): string =>
  ms !== undefined ? formatMs(ms) : mb !== undefined ? `${mb < 10 ? mb.toFixed(2) : Math.round(mb)} MB` : String(count)

function verdict({ ms, mb, count, bar }: Row): string {
  if (bar === undefined) return ''
  return (ms ?? mb ?? count)! <= (bar.ms ?? bar.mb ?? bar.count)! ? 'within' : '**above**'
}
