// `git bitloops doctor`: proves that it works, or says what does not, and mends it.

import { diagnose } from '../src/doctor.ts'
import { openRepository } from '../src/git/repository.ts'
import { repairsOf } from '../src/model/check.ts'
import type { Check } from '../src/model/check.ts'
import { cleanValue } from '../src/model/clean-value.ts'
import { diagnoseIntegrity } from '../src/model/diagnose-integrity.ts'
import { diagnosisJson, formatDiagnosis, isFine } from '../src/model/format-diagnosis.ts'
import type { Mended } from '../src/model/format-diagnosis.ts'
import { formatJson } from '../src/model/json-text.ts'
import { verify } from '../src/verify.ts'
import { programPaths } from './io.ts'
import type { Run } from './io.ts'
import { openStyle, show, widthOfScreen } from './screen.ts'

export const run: Run = async (io, _args, options) => {
  const repository = await openRepository(io.cwd, io.env)
  const examine = async (): Promise<readonly Check[]> => [
    ...await diagnose(repository, {
      hooksFolder: programPaths().hooksFolder, nodeVersion: process.versions.node, now: io.now(),
    }),
    ...diagnoseIntegrity(await verify(repository, { anew: options['verify'] === true })),
  ]
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
