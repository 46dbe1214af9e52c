// Lines of `git bitloops log` on a terminal.

import * as assert from 'uvu/assert'
import type { ReadCheckpoint } from '../../src/model/explanation.ts'
import { formatSessionLine } from '../../src/model/format-log.ts'
import { PLAIN } from '../../src/model/style.ts'
import { widthOf } from '../../src/model/text-layout.ts'
import { checkpointId, checkpointRecord } from '../support/checkpoint-fixture.ts'
import { describe } from '../support/suite.ts'

describe('formatSessionLine', (it) => {
  const record = checkpointRecord('a'.repeat(40), { id: checkpointId(1) })
  const checkpoint = { record, entries: [] } as unknown as ReadCheckpoint

  it('fits a terminal, with as much of the id as tells checkpoints of one moment apart', () => {
    const id = record.id
    for (const [width, shown] of [[80, id.slice(0, 14)], [120, id], [Infinity, id]] as const) {
      const line = formatSessionLine(checkpoint, PLAIN, width)
      assert.ok(line.endsWith(`  ${shown}`), line)
      assert.ok(widthOf(line) <= width, line)
    }
  })
})
