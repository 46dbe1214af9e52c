// Two clones of one remote that fetch and push by the library, without hooks.

import * as assert from 'uvu/assert'
import { fetch } from '../../src/fetch.ts'
import type { Fetched } from '../../src/fetch.ts'
import { CHECKPOINTS_REF, NOTES_REF } from '../../src/model/checkpoint.ts'
import { push } from '../../src/push.ts'
import type { Gathered } from '../../src/store/exchange.ts'
import { inExchangeOf, makeClones } from './clones.ts'
import type { RepositoryOptions, TestRepository } from './repository.ts'

export interface Three {
  readonly remote: TestRepository
  readonly one: TestRepository
  readonly two: TestRepository
}

export async function makeThree(options: RepositoryOptions = {}): Promise<Three> {
  const { remote, clones: [one, two] } = await makeClones(['one', 'two'], { ...options, init: false })
  return { remote, one: one!, two: two! }
}

export const fetchIn = (clone: TestRepository): Promise<Fetched> =>
  inExchangeOf(clone, (exchange) => fetch(exchange, 'origin'))
export const pushFrom = async (clone: TestRepository): Promise<string> =>
  (await inExchangeOf(clone, (exchange) => push(exchange, 'origin'))).kind

export const gathered = (fetched: Fetched): Gathered => {
  assert.is(fetched.kind, 'gathered')
  return fetched as Gathered
}

export const tips = (repository: TestRepository): Promise<string> =>
  repository.git('for-each-ref', '--format=%(objectname)', CHECKPOINTS_REF, NOTES_REF)

/** The folder that init makes: without it, nothing is remembered. */
export async function initHome(clone: TestRepository): Promise<void> {
  await clone.sh('mkdir -p .git/bitloops')
}
