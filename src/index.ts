// What others may import: reading the reasoning behind commits. Everything else may change without notice.

export { BitloopsError } from './errors.ts'
export type { ErrorCode } from './errors.ts'
export { openObjectReader } from './git/cat-file.ts'
export type { ObjectReader } from './git/objects.ts'
export { openNativeObjects } from './git/nodegit-source.ts'
export type { NativeObjects } from './git/nodegit-source.ts'
export { findRepository, openRepository } from './git/repository.ts'
export type { Environment, Repository } from './git/repository.ts'
export type {
  CheckpointRecord, Evidence, FileRecord, LinkRecord, Origin, SessionRecord, Statement, SymbolRecord, TranscriptEntry,
  TurnRecord,
} from './model/checkpoint.ts'
export type {
  CommitExplanation, FoundCheckpoint, LostCheckpoint, ReadCheckpoint, StoredCheckpoint,
} from './model/explanation.ts'
export { parseNote } from './model/note-reader.ts'
export type { NoteLine } from './model/note-reader.ts'
export type { AgentName, CheckpointId, Oid, SessionId, TurnId } from './model/ids.ts'
export { openCheckpointReader } from './store/checkpoint-reader.ts'
export type { CheckpointReader } from './store/checkpoint-reader.ts'
export { explain } from './explain.ts'
export type { Explained, ExplainRequest } from './explain.ts'
export { logCommits } from './log-commits.ts'
export type { LogRequest } from './log-commits.ts'
