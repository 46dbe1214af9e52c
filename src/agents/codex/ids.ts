// How the events of Codex are named where the ids that it gives do not do.

import type { EventId } from '../../model/ids.ts'
import { eventId } from '../event-ids.ts'
import { digestOf } from '../json.ts'

/** The client gives a prompt other ids in the hook and in the transcript; its turn and its text are the same. */
export const promptEvent = (turn: string | undefined, text: string): EventId =>
  eventId('prompt', turn ?? '', digestOf(text.trim()))

/** `path`: where the file was before the call, absolute. */
export const changeEvent = (call: string, path: string): EventId => eventId('change', call, digestOf(path))
