// Makes one event of all the tellings of a fact. The result does not depend on the order in which the tellings came.

import { EVENT_SOURCES, recognisedBy } from './event.ts'
import type { Event, Observation } from './event.ts'
import type { EventId } from './ids.ts'

interface Picked {
  readonly event: Event
  readonly offset: number
  readonly unnamed: boolean
}

/** The events of one session, by time, then by place in the transcript. */
export function pickEvents(observations: readonly Observation[]): Event[] {
  const tellings = new Map<EventId, Observation[]>()
  for (const observation of observations) {
    const others = tellings.get(observation.event.id)
    if (others === undefined) tellings.set(observation.event.id, [observation])
    else others.push(observation)
  }
  const picked = [...tellings.values()].map(pickTelling)
  const isNamed = namesOf(picked.filter((one) => !one.unnamed))
  return picked.filter((one) => !one.unnamed || !isNamed(one.event)).sort(byTime).map((one) => one.event)
}

/** The best telling; what it leaves out is taken from the next best of the same kind. */
function pickTelling(tellings: readonly Observation[]): Picked {
  const [best, ...others] = [...tellings].sort(byRank) as [Observation, ...Observation[]]
  const event = others.reduce<Event>(
    (known, other) => other.event.kind === known.kind ? { ...other.event, ...known } as Event : known, best.event)
  return { event, offset: best.offset ?? 0, unnamed: tellings.every((telling) => telling.unnamed === true) }
}

/** Best source first; of one source the telling that came first. */
function byRank(a: Observation, b: Observation): number {
  return EVENT_SOURCES.indexOf(b.source) - EVENT_SOURCES.indexOf(a.source)
    || a.event.at - b.event.at
    || (a.offset ?? 0) - (b.offset ?? 0)
    || compare(JSON.stringify(a.event), JSON.stringify(b.event))
}

const byTime = (a: Picked, b: Picked): number =>
  a.event.at - b.event.at || a.offset - b.offset || compare(a.event.id, b.event.id)

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

/** Whether an event of the same kind and text has a name: in the same turn, or where one of the two knows no turn. */
function namesOf(named: readonly Picked[]): (event: Event) => boolean {
  const turns = new Map<string, Set<string | undefined>>()
  for (const { event } of named) {
    const key = keyOf(event)
    if (key !== undefined) turns.set(key, (turns.get(key) ?? new Set()).add(event.turn))
  }
  return (event) => {
    const known = turns.get(keyOf(event) ?? '')
    return known !== undefined && (event.turn === undefined || known.has(undefined) || known.has(event.turn))
  }
}

function keyOf(event: Event): string | undefined {
  const text = recognisedBy(event)
  return text === undefined ? undefined : `${event.kind}\n${event.subagent ?? ''}\n${text}`
}
