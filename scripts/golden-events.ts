// Writes the golden events anew from the recordings of agents, for you to read the diff:
// `node --import tsx scripts/golden-events.ts`

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { adapters } from '../src/agents/registry.ts'
import { pickEvents } from '../src/model/pick-events.ts'
import { formatGolden, recordingsOf } from '../test/agents/recordings.ts'

for (const adapter of adapters) {
  const recordings = recordingsOf(adapter)
  rmSync(join(recordings.folder, 'golden'), { recursive: true, force: true })
  for (const capture of recordings.captures) {
    for (const session of recordings.sessionsOf(capture)) {
      const path = recordings.goldenPath(capture, session)
      mkdirSync(dirname(path), { recursive: true })
      const hooks = recordings.hookObservations(capture, session)
      const told = [...hooks, ...recordings.transcriptObservations(capture, session)]
      writeFileSync(path, formatGolden(pickEvents(told)))
    }
  }
}
