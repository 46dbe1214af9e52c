// Checkpoint ids: a ULID of the committer time and the first 80 bits of a digest, so that the same plan has the
// same id. See https://github.com/ulid/spec.

import { createHash } from 'node:crypto'
import type { Millis } from './event.ts'
import type { CheckpointId, Oid } from './ids.ts'

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const MAX_TIME = 2 ** 48 - 1

/** The id of the checkpoint with this content (without its id), made for a commit of that time (ms). */
export function checkpointIdOf(commit: Oid, committedAt: Millis, content: string): CheckpointId {
  const digest = createHash('sha256').update(`${commit}\0`).update(content).digest()
  const time = Math.min(Math.max(0, Math.trunc(committedAt)), MAX_TIME)
  const chance = BigInt(`0x${digest.subarray(0, 10).toString('hex')}`)
  return `${encode(BigInt(time), 10)}${encode(chance, 16)}` as CheckpointId
}

function encode(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest >>= 5n) text = CROCKFORD[Number(rest & 31n)]! + text
  return text
}
