import { makeRecorder, payloads, SESSION, rowsOf } from './support/recorder.ts'
import { openSync, writeSync, closeSync } from 'node:fs'
import { join } from 'node:path'
const r = await makeRecorder()
const path = join(r.repository.home, SESSION + '.jsonl')
const f = openSync(path, 'w')
const size = Number(process.argv[2])
const text = 'The quick brown fox jumps over it. '.repeat(Math.ceil(size / 35))
let parent: string | null = null
for (let n = 0; n * size < Number(process.argv[3]); n++) {
  const uuid = `u${n}`
  writeSync(f, JSON.stringify({ type: 'assistant', uuid, parentUuid: parent, isSidechain: false, timestamp: new Date(1795253228357 + n).toISOString(), cwd: '/x', sessionId: SESSION, version: '2.1.329', message: { id: `msg_${n}`, model: 'm', role: 'assistant', type: 'message', content: [{ type: 'text', text: n + text }], stop_reason: 'end_turn', usage: { input_tokens: 1, output_tokens: 1 } } }) + '\n')
  parent = uuid
}
closeSync(f)
let max = 0
setInterval(() => { max = Math.max(max, process.memoryUsage.rss()) }, 20).unref()
const before = process.memoryUsage.rss()
r.hook(payloads(r.repository.root, SESSION, path).stop('t'))
const t = Date.now()
console.log(await r.record(), Date.now() - t, 'ms', 'before', before / 1e6, 'max', Math.max(max, process.resourceUsage().maxRSS * 1024) / 1e6)
console.log(rowsOf(r.store, 'select count(*) from events'), rowsOf(r.store, 'select * from findings'))
r.close()
