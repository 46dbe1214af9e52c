// What of a user message the user typed. The command line keeps that apart from what it adds; VS Code and hooks may
// give both in one text.

import { taggedParts, withoutTagged } from '../tagged-text.ts'

/** In which the client, or a hook, puts what it adds. */
const ADDED = [
  'system_reminder', 'system_notification', 'current_datetime', 'reminderInstructions', 'attachments',
  'environment_info', 'workspace_info', 'context', 'editorContext', 'toolReferences',
]

/** The text as it is where nothing is left without the additions: a message of the client alone. */
export function typedText(text: string): string {
  const [request] = taggedParts(text, 'userRequest')
  if (request !== undefined) return request.trim()
  if (!text.trimStart().startsWith('<') && !text.trimEnd().endsWith('>')) return text
  const typed = withoutTagged(text, ADDED).trim()
  return typed === '' ? text : typed
}

/** A text that holds nothing but what a client adds. */
export const isClientText = (text: string): boolean => text.trim() !== '' && withoutTagged(text, ADDED).trim() === ''
