// Writes the golden events anew from the recordings of agents, for you to read the diff:
// `node --import tsx scripts/golden-events.ts`

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pickEvents } from '../src/model/pick-events.ts'
import {
  captures, formatGolden, goldenPath, hookObservations, RECORDINGS, sessionsOf, transcriptObservations,
} from '../test/agents/recordings.ts'

rmSync(join(RECORDINGS, 'golden'), { recursive: true, force: true })
for (const capture of captures) {
  for (const session of sessionsOf(capture)) {
    const path = goldenPath(capture, session)
    mkdirSync(dirname(path), { recursive: true })
    const told = [...hookObservations(capture, session), ...transcriptObservations(capture, session)]
    writeFileSync(path, formatGolden(pickEvents(told)))
  }
}
