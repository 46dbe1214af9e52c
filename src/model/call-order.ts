// Puts each tool call before what came of it. Some agents tell the call only when it is over, by a hook that comes
// after the lines of the transcript that tell its outcome.

import type { Event } from './event.ts'

/** `events`: of one session, in time order. A call that is moved has the time of what it stands before. */
export function callsFirst(events: readonly Event[]): readonly Event[] {
  const outcomes = new Map<string, Event>()
  const late = new Map<Event, Event[]>()
  const moved = new Set<Event>()
  for (const event of events) {
    if (event.kind === 'tool-call') {
      const outcome = outcomes.get(event.call)
      if (outcome === undefined) continue
      late.set(outcome, [...late.get(outcome) ?? [], { ...event, at: outcome.at }])
      moved.add(event)
    } else if (event.kind === 'tool-result' || event.kind === 'file-change') {
      if (event.call !== undefined && !outcomes.has(event.call)) outcomes.set(event.call, event)
    }
  }
  return events.filter((event) => !moved.has(event)).flatMap((event) => [...late.get(event) ?? [], event])
}
