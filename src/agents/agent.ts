// What git-bitloops asks of an agent adapter. Adapters are pure: they read values and return values, never files
// or clocks.

import type { AgentName, SessionId, TurnId } from '../model/ids.ts'
import type { Millis, Observation } from '../model/event.ts'

/** A payload as the agent's hook delivered it. */
export interface HookDelivery {
  readonly agent: AgentName
  /** When the payload arrived in the inbox. */
  readonly receivedAt: Millis
  /** The event that the hook was registered for; some payloads do not say it. */
  readonly event?: string
  /** The decoded JSON. */
  readonly payload: unknown
}

/** What a delivery told. */
export interface HookReading {
  readonly kind: 'reading'
  readonly session: SessionId
  readonly turn?: TurnId
  readonly cwd?: string
  readonly observations: readonly Observation[]
  /** Where the main transcript is, as the agent says now (it moves). */
  readonly transcriptPath?: string
  /** Transcripts of subagents that the payload names. */
  readonly subagentTranscripts: readonly { readonly subagent: string; readonly path: string }[]
  /** What the payload means for the life of the session. */
  readonly moment?: 'session-start' | 'turn-start' | 'turn-end' | 'session-end'
  /** The text that must be in the transcript before the turn is complete there. */
  readonly awaitedText?: string
  /** The transcript tells the end of the turn itself, and it is worth to wait a moment for that. */
  readonly awaitsTurnEnd?: true
  /** Facts about the session that this payload tells. */
  readonly facts: SessionFacts
}

export interface SessionFacts {
  readonly agentVersion?: string
  readonly model?: string
  /** The session began as a copy of another one. */
  readonly forked?: true
  readonly gitBranch?: string
}

/** The payload made no sense; it is counted and shown by doctor with this reason, never thrown away. */
export interface Unreadable {
  readonly kind: 'unreadable'
  readonly reason: string
}

/** The payload tells nothing that another source does not tell better, not even whose session it is of. */
export interface Untold {
  readonly kind: 'untold'
}

export interface TranscriptLine {
  /** Bytes from the start of the file to the start of the line. */
  readonly offset: number
  /** The line without its end; decoded leniently as UTF-8. */
  readonly text: string
}

/** What an adapter must remember between two readings of one transcript file. Plain JSON below 64 KiB. */
export type TranscriptState = Readonly<Record<string, unknown>>

export interface TranscriptSource {
  readonly session: SessionId
  /** The subagent whose transcript this is; absent for the main one. */
  readonly subagent?: string
  /** When the file was made, or changed if that was earlier: for lines that tell no time. */
  readonly at?: Millis
}

export interface TranscriptReading {
  readonly observations: readonly Observation[]
  /** Lines that a resumed session needs, byte for byte (never the client's request logs). */
  readonly native: readonly TranscriptLine[]
  readonly state: TranscriptState
  readonly facts: SessionFacts
  /** Kinds of lines and tools the adapter does not know, for doctor. */
  readonly unknown: readonly string[]
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A folder that may hold transcripts, directly (`depth` 0) or below so many levels of folders. */
export interface TranscriptFolder {
  readonly path: string
  readonly depth: number
}

export interface AgentAdapter {
  readonly name: AgentName
  /** For people: "Claude Code". */
  readonly title: string
  /**
   * How the agent keeps a transcript: a file of JSON lines; or rows of a database, which the store turns into lines
   * (the path is then `<database file>#<session>`).
   */
  readonly transcript: 'jsonl' | 'sqlite'
  /** A session's hooks tell all that its transcript does, and better: only that of others is read. */
  readonly hooksTellAll?: true
  parseHook(delivery: HookDelivery): HookReading | Unreadable | Untold
  parseTranscript(
    lines: readonly TranscriptLine[], source: TranscriptSource, state: TranscriptState | undefined,
  ): TranscriptReading
  /** The session whose shell runs us, from the environment of a git hook. */
  sessionOf(env: Environment): SessionId | undefined
  /** True when the environment is that of this agent's shell, also where it does not name the session. */
  isShellOf(env: Environment): boolean
  /**
   * Where the agent keeps the transcripts of sessions started in `cwd` (and maybe of others: `startedIn` decides);
   * without `cwd`, those of all sessions. `home`: the user's home folder.
   */
  transcriptFolders(cwd: string | undefined, home: string, env: Environment): readonly TranscriptFolder[]
  /**
   * The session of a transcript file, by its name, or by its first lines where the name does not say; undefined for
   * other files, those of subagents too.
   */
  sessionOfTranscript(path: string, lines?: readonly string[]): SessionId | undefined
  /** Where the transcript of a session is, for agents that do not say it in every payload. */
  transcriptOf?(session: SessionId, home: string, env: Environment): string
  /** The folder in which the session was started, by the first lines of its transcript; undefined: they do not say. */
  startedIn(lines: readonly string[], path: string): string | undefined
  /** Tools that never write files; any other tool may have. */
  readonly readOnlyTools: ReadonlySet<string>
  /** Tools that run commands: that they write files is nothing to report. */
  readonly shellTools?: ReadonlySet<string>
  /** Files beside a main transcript that belong to the session: folder of the subagents' transcripts. */
  subagentFolder(transcriptPath: string, session?: SessionId): string
  subagentOfTranscript(path: string): string | undefined
  /** Whose subagent's transcript this is, for those that lie among the sessions' own, by its first lines. */
  subagentIn?(lines: readonly string[], path: string): SubagentTranscript | undefined
}

export interface SubagentTranscript {
  readonly session: SessionId
  readonly subagent: string
}
