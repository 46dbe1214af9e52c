// A process that rewinds, for tests that kill it: `node … <root> <snapshot>`; says `begin` on stdout when it starts to.

import { findAdapter } from '../../src/agents/registry.ts'
import { openRepository } from '../../src/git/repository.ts'
import { applyRewind, planRewind } from '../../src/rewind.ts'
import { openLiveStore } from '../../src/store/live.ts'

const [root = '', snapshot = ''] = process.argv.slice(2)
const repository = await openRepository(root, process.env)
const store = await openLiveStore(repository.home)
const context = { repository, store, findAdapter, now: Date.now }
const plan = await planRewind(context, Number(snapshot), { keep: [], force: false, reset: false })
process.stdout.write('begin\n')
await applyRewind(context, plan)
process.stdout.write('end\n')
