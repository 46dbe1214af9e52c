// A `describe` that runs itself: a uvu suite whose `run()` was forgotten would pass in silence.

import { suite } from 'uvu'
import type { Test } from 'uvu'

/** Registers the facts of one subject and puts them in line to be run. */
export function describe(subject: string, state: (it: Test) => void): void {
  const facts = suite(subject)
  state(facts)
  facts.run()
}

/** Asserts that a promise rejects, and gives back the error for a closer look. */
export async function rejects(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('expected a rejection')
}
