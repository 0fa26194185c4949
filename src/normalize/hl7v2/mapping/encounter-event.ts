/** What an event of table 0003 says of a visit. */
export interface VisitEvent {
  /** Undefined where the event does not speak of it. */
  readonly status: string | undefined;
  /** Status of the assigned location. */
  readonly location: 'active' | 'planned' | 'completed';
  /** The event begins the visit, so that its time is that of the beginning where no other is told. */
  readonly begins: boolean;
  /** The event takes back the end of the visit. */
  readonly reopens: boolean;
  /** The prior location is one that the patient never came to. */
  readonly takesTransferBack: boolean;
}

const event = (status: string | undefined, more: Partial<VisitEvent> = {}): VisitEvent => ({ status, location: 'active', begins: false, reopens: false, takesTransferBack: false, ...more });

/** @see https://build.fhir.org/ig/HL7/v2-to-fhir/ConceptMap-table-hl70003-to-encounter-status.html */
const EVENTS: ReadonlyMap<string, VisitEvent> = new Map([
  ['A01', event('in-progress', { begins: true })],
  ['A02', event('in-progress')],
  ['A03', event('finished', { location: 'completed' })],
  ['A04', event('in-progress', { begins: true })],
  ['A05', event('planned', { location: 'planned', begins: true })],
  ['A06', event('in-progress')],
  ['A07', event('in-progress')],
  ['A11', event('cancelled', { location: 'planned' })],
  ['A12', event('in-progress', { takesTransferBack: true })],
  ['A13', event('in-progress', { reopens: true })],
]);
const MENTION = event(undefined);

/** @param name trigger event of an ADT message; other messages only mention a visit */
export function visitEventOf(name: string): VisitEvent {
  return EVENTS.get(name) ?? MENTION;
}

/** Events that are about a visit, and make no sense without one. */
export function isAboutVisit(name: string): boolean {
  return EVENTS.has(name);
}
