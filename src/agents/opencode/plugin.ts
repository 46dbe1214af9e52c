// The plugin by which OpenCode tells us what happens. OpenCode runs it in its own process: whatever it throws would end
// the client, so that everything in it is caught.

/**
 * The text of the plugin's file. It exports nothing but the plugin, since OpenCode takes each function that a file
 * exports for one, and imports nothing that would have to be installed.
 */
export const openCodePlugin = (): string => PLUGIN.replaceAll(/^ {2}/gm, '')

/** Indented, so that nothing of it is taken for a part of this file. */
const PLUGIN = String.raw`  // Made by git bitloops init; git bitloops uninstall takes it away again.
  // Tells git-bitloops what happens in a session, so that it can keep the reasoning behind a commit. Where git-bitloops
  // is not installed it does nothing. It prints nothing, changes nothing, and never fails.

  import { spawnSync } from 'node:child_process'
  import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
  import { homedir } from 'node:os'
  import { dirname, join, resolve } from 'node:path'
  import { env } from 'node:process'

  export const GitBitloops = async ({ directory }) => {
    // By id: the parent of a subagent's session, the turn that is under way, why it failed.
    const sessions = new Map()

    const know = (id, facts) => sessions.set(id, { ...sessions.get(id), ...facts })

    const rootOf = (id) => {
      for (let depth = 0; depth < 20 && sessions.get(id)?.parent; depth += 1) id = sessions.get(id).parent
      return id
    }

    // A script that hangs is left alone after some tries.
    let patience = 3

    const tell = (event, session, facts) => {
      const place = findPlace(directory)
      if (place === undefined || typeof session !== 'string' || patience === 0) return
      const root = rootOf(session)
      const payload = {
        session: root, subagent: root === session ? undefined : session, turn: sessions.get(root)?.turn,
        directory, database: findDatabase(), ...facts,
      }
      const { signal } = spawnSync('sh', [place.hook, 'opencode', event], {
        input: JSON.stringify(payload), stdio: ['pipe', 'ignore', 'ignore'], timeout: 1000, killSignal: 'SIGKILL',
        env: { ...env, CLAUDE_PROJECT_DIR: place.root },
      })
      patience = signal === 'SIGKILL' ? patience - 1 : 3
    }

    const seeTool = (part) => {
      const { status, metadata } = part.state
      const child = part.tool === 'task' ? metadata?.sessionId : undefined
      if (typeof child === 'string' && child !== part.sessionID) know(child, { parent: part.sessionID })
      // A fork copies its origin's tool calls before its first prompt.
      if (sessions.get(rootOf(part.sessionID))?.turn === undefined) return
      if (status !== 'completed' && status !== 'error') return
      tell('message.part.updated', part.sessionID, { part: slim(part) })
    }

    const seeEvent = ({ event: { type, properties } }) => {
      const { sessionID, info, part } = properties
      if (type === 'message.part.updated') {
        if (part.type === 'tool') seeTool(part)
      } else if (type === 'session.created' || type === 'session.updated') {
        if (typeof info.parentID === 'string') know(info.id, { parent: info.parentID })
        if (type === 'session.created') tell(type, info.id, { info })
      } else if (type === 'session.error') {
        if (sessionID !== undefined) know(sessionID, { error: properties.error })
      } else if (type === 'session.idle') {
        const { parent, error } = sessions.get(sessionID) ?? {}
        if (parent === undefined) tell(type, sessionID, { error })
      }
    }

    const seePrompt = ({ sessionID }, { message, parts }) => {
      const typed = parts.some((part) => part.synthetic !== true)
      know(sessionID, { error: undefined, ...(typed ? { turn: message.id } : {}) })
      tell('chat.message', sessionID, { message, parts: parts.map((part) => ({ ...part, url: undefined })) })
    }

    return {
      event: quietly(seeEvent),
      'chat.message': quietly(seePrompt),
      // Lets git hooks know for which session a commit is made.
      'shell.env': quietly(({ sessionID }, output) => {
        if (typeof sessionID !== 'string' || findPlace(directory) === undefined) return
        output.env.BITLOOPS_OPENCODE_SESSION = rootOf(sessionID)
      }),
      dispose: quietly(() => {
        for (const [id, { turn, parent }] of sessions) if (turn !== undefined && !parent) tell('dispose', id, {})
      }),
    }
  }

  const quietly = (work) => async (...given) => {
    try {
      await work(...given)
    } catch {}
  }

  // The repository that a folder is in, and the script that git-bitloops put there; undefined where there is none.
  function findPlace(folder) {
    for (let root = folder; ; root = dirname(root)) {
      const git = join(root, '.git')
      const found = statSync(git, { throwIfNoEntry: false })
      if (found?.isFile() || existsSync(join(git, 'objects'))) {
        const hook = join(commonDirOf(git, found.isFile()), 'bitloops', 'agent-hook')
        return existsSync(hook) ? { root, hook } : undefined
      }
      if (dirname(root) === root) return undefined
    }
  }

  // In a linked worktree .git is a file that says where its directory is, which says where the common one is.
  function commonDirOf(git, isFile) {
    const own = isFile ? resolve(dirname(git), firstLine(git).replace(/^gitdir: /, '')) : git
    const common = join(own, 'commondir')
    return existsSync(common) ? resolve(own, firstLine(common)) : own
  }

  const firstLine = (file) => readFileSync(file, 'utf8').replace(/\r?\n[^]*$/, '')

  // The database that OpenCode keeps its sessions in: preview versions have their own, so that the newest is it.
  function findDatabase() {
    const folder = join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'opencode')
    const configured = env.OPENCODE_DB
    if (configured) return configured === ':memory:' ? undefined : resolve(folder, configured)
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^opencode(-[\w.-]+)?\.db$/.test(name)) : []
    const paths = names.map((name) => join(folder, name)).sort((one, other) => changedAt(other) - changedAt(one))
    return paths[0] ?? join(folder, 'opencode.db')
  }

  const changedAt = (path) => Math.max(...[path, path + '-wal'].map((file) =>
    statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0))

  // Without what the database tells as well and is large: images, and outputs a second time.
  const slim = ({ state: { metadata, ...state }, ...part }) => ({
    ...part, state: {
      ...state, attachments: undefined,
      metadata: { ...metadata, output: undefined, preview: undefined, display: undefined, diagnostics: undefined },
    },
  })
`
