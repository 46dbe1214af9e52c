// What is published, where, and what still waits: the facts, and what status and doctor say of them.

import { fixedBy, ok, warn } from './check.ts'
import type { Check } from './check.ts'
import type { Millis } from './event.ts'
import { countOf, formatBytes } from './text-layout.ts'

export interface PushState {
  readonly mode: 'auto' | 'manual'
  /** The one remote that checkpoints go to; undefined: nothing is published anywhere. */
  readonly remote?: string
  /** Where pushes to it go, without a password. */
  readonly address?: string
  /** Something here is not at the remote, as far as this clone knows. */
  readonly waits: boolean
  /** How many checkpoints that are, and their size as Git keeps them. */
  readonly checkpoints: number
  readonly sizeBytes: number
  /** The remote will not take them. */
  readonly refused?: Trouble
  /** The last try found no way to the remote. */
  readonly failed?: Trouble
  /** The remote had checkpoints that it no longer has. */
  readonly lost: boolean
}

export interface Trouble {
  readonly reason: string
  readonly at: Millis
}

export interface SharingProblem {
  readonly message: string
  readonly hint: string
}

const PUSH = 'git bitloops push tries again'

/** What keeps checkpoints from where they are to go; nothing while they only wait for the next push. */
export function findSharingProblem(state: PushState): SharingProblem | undefined {
  const { remote = '', waits, refused, failed, lost } = state
  if (lost) {
    return {
      message: `${remote} no longer has checkpoints that it had; they are here`,
      hint: 'git bitloops push brings them back',
    }
  }
  if (!waits) return undefined
  if (refused !== undefined) {
    return {
      message: `${remote} does not take checkpoints (${refused.reason}): ${waiting(state)}`,
      hint: 'git bitloops init --remote <name> chooses another remote',
    }
  }
  return failed === undefined ? undefined
    : { message: `${remote} could not be reached (${failed.reason}): ${waiting(state)}`, hint: PUSH }
}

/** Nothing to say where there is no remote. */
export function diagnoseSharing(state: PushState): readonly Check[] {
  const { remote, address = '', mode, waits } = state
  if (remote === undefined) return []
  const problem = findSharingProblem(state)
  if (problem !== undefined) return [warn('sharing', problem.message, { fix: problem.hint })]
  const how = mode === 'auto' ? 'with each git push there' : 'by git bitloops push only'
  const rest = waits ? waiting(state) : 'all that is here is there'
  return [ok('sharing', `checkpoints go to ${remote} (${address}), ${how}; ${rest}`)]
}

function waiting({ checkpoints, sizeBytes }: PushState): string {
  if (checkpoints === 0) return 'links or notes wait'
  return `${countOf(checkpoints, 'checkpoint')} (${formatBytes(sizeBytes)}) ${checkpoints === 1 ? 'waits' : 'wait'}`
}

/** `stored`: checkpoints in the ref; `indexed`: rows of the committed tables. */
export const diagnoseIndex = (stored: number, indexed: number): readonly Check[] => stored === indexed ? []
  : [warn('index',
    `${countOf(stored, 'checkpoint is', 'checkpoints are')} in Git, ${indexed} in the index of the live store`,
    fixedBy('index', 'makes the index anew'))]
