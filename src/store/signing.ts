// Moves the checkpoints' ref on to a signed tip, when the user wants what is published to be signed.

import { isSigned, signTip } from '../git/sign.ts'
import { CHECKPOINTS_REF } from '../model/checkpoint.ts'
import { changeRefs } from './ref-changes.ts'
import type { RefWriting } from './ref-changes.ts'

/** Undefined: the tip is signed now, or there is none. Else why it could not be. */
export async function signCheckpoints(writing: RefWriting, timeoutMs: number): Promise<string | undefined> {
  let failure: string | undefined
  const isDone = await changeRefs(writing, async ({ checkpoints }) => {
    const tip = checkpoints === undefined ? undefined : await writing.reader.read(checkpoints)
    if (checkpoints === undefined || tip === undefined || isSigned(tip)) return []
    const signature = await signTip(writing.repository, checkpoints, timeoutMs)
    if (signature.kind === 'signed') return [{ ref: CHECKPOINTS_REF, to: signature.tip }]
    failure = signature.reason
    return []
  })
  return failure ?? (isDone ? undefined : 'others were always faster')
}
