import { hash } from 'node:crypto'
import { hashedExternalId } from '../domain/external-id.ts'
import { type EventFacts, emptyEvent, type RawHit, TEXT_CAPS } from '../domain/hit.ts'
import type { Clock } from './clock.ts'
import type { ActionEvent, EngagementEvent, IdentifyEvent, PageEvent } from './event.ts'
import { privateTarget } from './event-values.ts'
import { type BaseHit, baseHits, named, pageviewHit, type Sender } from './pageview.ts'
import { storedText } from './visit.ts'

/**
 * The hits that a message makes, one an event, in its order; before them one that says what the visitor has just
 * consented to or withdrawn. Told ids of people who have not consented make none.
 */
export function messageHits(events: readonly PageEvent[], sender: Sender, clock: Clock): RawHit[] {
  const { consent, change } = sender.identity
  const baseHit = baseHits(sender)
  const hits: RawHit[] = []
  const [first] = events
  if (first && change !== 'none') hits.push(consentHit(first, change, baseHit, clock.nextSequence()))
  for (const event of events) {
    if (event.kind === 'identify' && consent !== 'granted') continue
    hits.push(eventHit(event, sender, baseHit(event, clock.nextSequence())))
  }
  return hits
}

function eventHit(event: PageEvent, sender: Sender, hit: RawHit): RawHit {
  switch (event.kind) {
    case 'pageview':
      return pageviewHit(event, sender, hit)
    case 'engagement':
      return engagementHit(event, hit)
    case 'event':
      return actionHit(event, sender.site.keptKeys, hit)
    case 'identify':
      return identifyHit(event, hit)
  }
}

function engagementHit(event: EngagementEvent, hit: RawHit): RawHit {
  const facts: EventFacts = {
    ...emptyEvent('engagement'),
    pageId: event.page,
    engagedMs: Math.round(event.engaged),
    scroll: Math.round(event.scroll),
  }
  return { ...hit, kind: 'engagement', event: facts }
}

function actionHit(event: ActionEvent, keptKeys: ReadonlySet<string>, hit: RawHit): RawHit {
  const { type, name, page, value, currency, key, props } = event
  const target = storedText(privateTarget(event.target, event.url, keptKeys), TEXT_CAPS.destination)
  return {
    ...hit,
    kind: 'event',
    event: { ...emptyEvent(type), name, pageId: page, target: target.text, value, currency, key, props },
    cut: [...hit.cut, ...named({ target: target.cut, props: event.propsCut })],
  }
}

function identifyHit(event: IdentifyEvent, hit: RawHit): RawHit {
  const externalId = hashedExternalId(hit.siteId, event.externalId)
  return { ...hit, kind: 'event', event: { ...emptyEvent('identify'), pageId: event.page, externalId } }
}

/**
 * A page that gets no answer sends its message again: the id follows from the first event's, so that both times it is
 * one and the same.
 */
function consentHit(first: PageEvent, change: string, baseHit: BaseHit, sequence: number): RawHit {
  const id = hash('sha256', `consent\n${change}\n${first.id}`, 'hex').slice(0, 32)
  const pageId = first.kind === 'pageview' ? first.id : first.page
  return {
    ...baseHit({ ...first, id }, sequence),
    kind: 'event',
    event: { ...emptyEvent('consent'), pageId },
  }
}
