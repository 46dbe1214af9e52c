// Brings together what plain fetches and pulls have put beside our refs.

import type { Repository } from '../src/git/repository.ts'
import { uniteTracked } from '../src/store/exchange.ts'
import type { Gathered } from '../src/store/exchange.ts'
import type { Io } from './io.ts'
import { inExchange } from './open-exchange.ts'

/** A hook's user waits for it. */
const BOUND_MS = 4000

export const uniteFetched = (io: Io, repository: Repository): Promise<Gathered> =>
  inExchange(io, repository, { boundMs: BOUND_MS, mayAsk: false }, uniteTracked)
