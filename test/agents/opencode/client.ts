// Our plugin in Node, with a repository whose agent-hook only keeps what it is given; and what the real client called
// plugins with.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openCodePlugin } from '../../../src/agents/opencode/plugin.ts'

type Callback = (...given: readonly unknown[]) => Promise<void>
type Fields = Readonly<Record<string, unknown>>

export interface PluginHooks {
  readonly event: Callback
  readonly 'chat.message': Callback
  readonly 'shell.env': Callback
  readonly dispose: Callback
}

export interface Delivered {
  readonly event: string
  readonly projectDir: string
  readonly payload: Fields
}

export interface PluginScene {
  readonly folder: string
  /** The worktree. */
  readonly root: string
  /** `<common git directory>/bitloops/agent-hook` */
  readonly hook: string
  load(directory?: string): Promise<PluginHooks>
  delivered(): readonly Delivered[]
}

/** `agentHook`: the text of the script; none: git-bitloops is not installed. */
export function makePluginScene(agentHook: string | undefined = KEEPING): PluginScene {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bitloops-')))
  const root = join(folder, 'project')
  const home = join(root, '.git', 'bitloops')
  mkdirSync(join(root, '.git', 'objects'), { recursive: true })
  mkdirSync(home)
  const hook = join(home, 'agent-hook')
  if (agentHook !== undefined) writeFileSync(hook, agentHook)
  const file = join(folder, 'git-bitloops.mjs')
  writeFileSync(file, openCodePlugin())
  let copies = 0
  return {
    folder, root, hook,
    async load(directory = root) {
      copies += 1
      const loaded = await import(`${pathToFileURL(file).href}?${copies}`) as Record<string, unknown>
      const factories = Object.values(loaded) as readonly ((input: Fields) => Promise<PluginHooks>)[]
      if (factories.length !== 1) throw new Error('OpenCode would take each export for a plugin')
      return await factories[0]!({ directory, worktree: root, client: {}, project: {} })
    },
    delivered() {
      const kept = `${hook}.kept`
      if (!existsSync(kept)) return []
      return readFileSync(kept, 'utf8').split('\n').filter((line) => line !== '').map((line) => {
        const [, agent, event, projectDir, payload] = /^(.*?)\t(.*?)\t(.*?)\t(.*)$/.exec(line) ?? []
        if (agent !== 'opencode') throw new Error(`not ours: ${line}`)
        return { event: event!, projectDir: projectDir!, payload: JSON.parse(payload!) as Fields }
      })
    },
  }
}

const KEEPING = `{ printf '%s\\t%s\\t%s\\t' "$1" "$2" "$CLAUDE_PROJECT_DIR"; cat; echo; } >>"$0.kept"\n`

/** What the client called a plugin with: `event:<type>`, or the name of a hook with its input and output. */
export interface RecordedCallback {
  readonly t: number
  readonly event: string
  readonly payload: Fields
}

export const RECORDED_ROOT = '/home/dev/project'

/** Calls the plugin as the client did; a start of the client loads it anew. */
export async function replay(
  scene: PluginScene, callbacks: readonly RecordedCallback[], after: (callback: RecordedCallback) => void = () => {},
): Promise<void> {
  let hooks: PluginHooks | undefined
  for (const callback of callbacks) {
    const { event, payload } = callback
    if (event === 'plugin.init') {
      const directory = join(scene.root, relative(RECORDED_ROOT, payload['directory'] as string))
      mkdirSync(directory, { recursive: true })
      hooks = await scene.load(directory)
    } else {
      await callPlugin(hooks!, callback)
    }
    after(callback)
  }
}

/** Calls the plugin once; not for `plugin.init`, which loads it. */
export async function callPlugin(hooks: PluginHooks, { event, payload }: RecordedCallback): Promise<void> {
  if (event.startsWith('event:')) {
    await hooks.event({ event: { type: event.slice('event:'.length), properties: payload } })
  } else {
    await hooks[event as 'chat.message'](payload['input'], payload['output'])
  }
}
