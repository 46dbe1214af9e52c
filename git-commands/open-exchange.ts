// Opens what talking to a remote needs. The live store only where init was run: fetching works without.

import { existsSync } from 'node:fs'
import { BitloopsError } from '../src/errors.ts'
import { openObjectReader } from '../src/git/cat-file.ts'
import { guessRemote, listRemotes } from '../src/git/remotes.ts'
import type { Repository } from '../src/git/repository.ts'
import { openLog } from '../src/log.ts'
import type { Settings } from '../src/model/settings.ts'
import type { Exchange } from '../src/store/exchange.ts'
import { openLiveStore } from '../src/store/live.ts'
import type { Io } from './io.ts'

export interface ExchangeOptions {
  readonly boundMs: number
  readonly mayAsk: boolean
  /** False: the committed tables are brought up to date another time. */
  readonly withStore?: boolean
}

export async function inExchange<Result>(
  io: Io, repository: Repository, options: ExchangeOptions, work: (exchange: Exchange) => Promise<Result>,
): Promise<Result> {
  const deadline = io.now() + options.boundMs
  const isIndexed = options.withStore !== false && existsSync(repository.home)
  const store = isIndexed ? await openLiveStore(repository.home) : undefined
  const reader = openObjectReader(repository)
  try {
    return await work({
      repository, reader, now: io.now, deadline, mayAsk: options.mayAsk,
      log: openLog({ home: repository.home, env: io.env, now: io.now }), ...store === undefined ? {} : { store },
    })
  } finally {
    reader.close()
    store?.close()
  }
}

/** The remote a command means: the one named, the one chosen at init, or the one that suggests itself. */
export async function chooseRemote(
  repository: Repository, settings: Settings, named: string | undefined,
): Promise<string> {
  const remote = named ?? settings.remote ?? await guessRemote(repository, await listRemotes(repository))
  if (remote !== undefined) return remote
  throw new BitloopsError('unknown-remote', 'there is no remote to share checkpoints with',
    'name one, or choose it for good: git bitloops init --remote <name>')
}
