// Reads what `git push --porcelain` (and, for failures, its stderr) says, ref by ref. The exit code says too little: of
// several refs one may land and another not. See git-push(1), OUTPUT.

export type RefOutcome =
  /** It is there now, or was before. */
  | { readonly kind: 'landed' }
  /** Somebody else was faster: fetch, unite, again. */
  | { readonly kind: 'behind' }
  /** The remote is at work on this ref: again in a moment. */
  | { readonly kind: 'busy' }
  /** The remote does not want it, and will not next time. */
  | { readonly kind: 'refused'; readonly reason: string }

/** Outcome by the remote's ref. With several push addresses, the worst one; none at all: there was no conversation. */
export type PushReport = ReadonlyMap<string, RefOutcome>

const BEHIND = /fetch first|non-fast-forward|stale info|remote ref updated since checkout|needs force/
const BUSY = new RegExp([
  'failed to update ref', 'cannot lock ref', 'failed to lock', 'incorrect old value', 'reference already exists',
  'remote failure', 'failed to write',
].join('|'))
const WORST: readonly RefOutcome['kind'][] = ['landed', 'behind', 'busy', 'refused']

export function parsePushReport(stdout: string, stderr: string): PushReport {
  const report = new Map<string, RefOutcome>()
  for (const line of stdout.split('\n')) {
    const [, flag = '', ref = '', summary = ''] = /^([ +*!=-])\t[^\t:]*:([^\t]+)\t(.*)$/.exec(line) ?? []
    if (ref === '') continue
    const outcome = outcomeOf(flag, summary, stderr)
    const known = report.get(ref)
    if (known === undefined || WORST.indexOf(outcome.kind) > WORST.indexOf(known.kind)) report.set(ref, outcome)
  }
  return report
}

function outcomeOf(flag: string, summary: string, stderr: string): RefOutcome {
  if (flag !== '!') return { kind: 'landed' }
  if (BEHIND.test(summary)) return { kind: 'behind' }
  if (BUSY.test(summary)) return { kind: 'busy' }
  const said = /\((.*)\)$/.exec(summary)?.[1] ?? summary
  const more = remoteWords(stderr)
  return { kind: 'refused', reason: more === undefined ? said : `${said}: ${more}` }
}

/** The first thing the remote itself said that is no decoration. */
const remoteWords = (stderr: string): string | undefined => stderr.split('\n')
  .flatMap((line) => /^remote: *(?:error: *|fatal: *)?(.*?) *$/i.exec(line)?.[1] ?? [])
  .find((text) => /[a-z]{3}/i.test(text))

/** Why there was no conversation, in git's words. */
export function connectionFailure(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim()).filter(Boolean)
  const said = lines.find((line) => line.startsWith('fatal: '))
    ?? lines.find((line) => line.startsWith('error: '))
    ?? lines.at(-1)
  return withoutSecrets((said ?? 'git gave no reason').replace(/^(?:fatal|error): /, ''))
}

/** An address may hold a password or a token; it is shown without. */
export const withoutSecrets = (text: string): string => text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/\s'"]*@/gi, '$1')
