// Signs the tip of a chain with the user's own key, SSH or GPG as `gpg.format` says. All that leads to a tip is in its
// id, so one signature speaks for the whole chain. See git-commit-tree(1) and `gpg.*` in git-config(1).

import { runGit } from './git.ts'
import type { GitPlace } from './git.ts'
import type { GitObject } from './objects.ts'
import { isOid } from '../model/ids.ts'
import type { Oid } from '../model/ids.ts'

export type Signature =
  /** `tip`: a new commit with the same tree, whose parent is the old tip. */
  | { readonly kind: 'signed'; readonly tip: Oid }
  | { readonly kind: 'failed'; readonly reason: string }

/** Whether a commit carries a signature; whose, and whether it is good, `git verify-commit` tells. */
export function isSigned({ type, body }: GitObject): boolean {
  const end = body.indexOf('\n\n')
  return type === 'commit' && /^gpgsig(?:-sha256)? /m.test(body.toString('latin1', 0, end < 0 ? body.length : end))
}

/** No ref is moved. A key may ask for its passphrase, which a person has to answer within the time. */
export async function signTip(place: GitPlace, tip: Oid, timeoutMs: number): Promise<Signature> {
  const args = ['commit-tree', '-S', '-p', tip, '-m', `Sign ${tip}`, `${tip}^{tree}`]
  const answer = await runGit(place, args, { timeoutMs })
  const signed = answer.stdout.toString('latin1').trim()
  if (answer.code === 0 && isOid(signed)) return { kind: 'signed', tip: signed }
  const lines = answer.stderr.trim().split('\n').filter((line) => line !== '')
  return { kind: 'failed', reason: (lines[0] ?? 'git did not say why').replace(/^(?:error|fatal): /, '') }
}
