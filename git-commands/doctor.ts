// `git bitloops doctor`: proves that it works, or says what does not, and mends it.

import { existsSync } from 'node:fs'
import { diagnose } from '../src/doctor.ts'
import { BitloopsError } from '../src/errors.ts'
import { openRepository } from '../src/git/repository.ts'
import type { Repository } from '../src/git/repository.ts'
import { isCapturing, repairsOf } from '../src/model/check.ts'
import type { Check } from '../src/model/check.ts'
import { cleanValue } from '../src/model/clean-value.ts'
import { diagnoseIntegrity } from '../src/model/diagnose-integrity.ts'
import { diagnoseRewrites } from '../src/model/diagnose-rewrites.ts'
import { diagnosisJson, formatDiagnosis, isFine } from '../src/model/format-diagnosis.ts'
import type { Mended } from '../src/model/format-diagnosis.ts'
import { formatJson } from '../src/model/json-text.ts'
import { findCarried } from '../src/relink.ts'
import { liveStorePath } from '../src/store/live.ts'
import { verify } from '../src/verify.ts'
import { tellOpenRewind } from './fresh.ts'
import { programPaths } from './io.ts'
import type { Io, Run } from './io.ts'
import { openStyle, show, widthOfScreen } from './screen.ts'
import { openWorkspace, promoteContextOf } from './workspace.ts'

const LOOK_MS = 60_000

export const run: Run = async (io, _args, options) => {
  const repository = await openRepository(io.cwd, io.env)
  tellOpenRewind(io, repository)
  const examine = async (): Promise<readonly Check[]> => {
    const found = await diagnose(repository, {
      hooksFolder: programPaths().hooksFolder, nodeVersion: process.versions.node, now: io.now(),
    })
    return [
      ...found,
      ...isCapturing(found) && existsSync(liveStorePath(repository.home)) ? await lookForRewrites(io, repository) : [],
      ...diagnoseIntegrity(await verify(repository, { anew: options['verify'] === true })),
    ]
  }
  let checks = await examine()
  const mended: Mended[] = []
  if (options['fix'] === true) {
    const { mend } = await import('./mend.ts')
    for (const repair of repairsOf(checks)) {
      const done = await mend(io, repository, repair)
      if (done !== undefined) mended.push(done)
    }
    checks = await examine()
  }
  if (options['json'] === true) io.out(formatJson(diagnosisJson(options['fix'] === true ? mended : undefined, checks)))
  else await show(io, formatDiagnosis(cleanValue(mended), cleanValue(checks), await openStyle(io), widthOfScreen(io)))
  return isFine(checks) ? 0 : 1
}

/** What `--fix` would link. Nothing where the live store cannot be used: then other checks have said so. */
async function lookForRewrites(io: Io, repository: Repository): Promise<readonly Check[]> {
  try {
    const workspace = await openWorkspace(io, repository)
    try {
      const carried = await findCarried(promoteContextOf(io, workspace, LOOK_MS), undefined, 'doctor')
      return diagnoseRewrites(new Set(carried.map(({ commit }) => commit)))
    } finally {
      workspace.close()
    }
  } catch (error) {
    if (error instanceof BitloopsError) return []
    throw error
  }
}
