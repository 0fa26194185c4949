import type { JsonObject } from '../../fhir/resource.ts';
import type { DocumentContext } from './context.ts';
import { periodAt } from './context.ts';
import { findStatement, wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, textIn } from './element.ts';
import type { Header } from './header.ts';
import type { Identifier } from './identifiers.ts';
import { idsOf, systemOf } from './identifiers.ts';
import { ROOT } from './oids.ts';
import { ownOrganization } from './people.ts';
import { placesOf } from './places.ts';
import { MENTIONED } from './records.ts';

const ACT_CODES = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
/** A stay is told by its number first: the other numbers may be those of the person. */
const VISIT_ROOTS: readonly string[] = [ROOT.inpatientNumber, ROOT.outpatientNumber, ROOT.recordNumber];

export interface Visit { readonly identifier: Identifier; readonly reference: JsonObject }

/**
 * The visit that the document is of. It is told to the exchange only where the document says when it began; else the
 * records refer to it by its number, and other messages tell of it.
 *
 * @returns undefined for a document that numbers no visit
 */
export function addEncounter(context: DocumentContext, header: Header, subject: JsonObject): Visit | undefined {
  const { root, sender, records } = context;
  const encounter = childAt(root, 'componentOf', 'encompassingEncounter');
  const role = childAt(root, 'recordTarget', 'patientRole');
  const identifiers = visitNumbers(context, encounter, role);
  const [identifier] = identifiers;
  if (identifier === undefined) return undefined;
  const period = periodOf(context, header, encounter);
  if (period.start === undefined) return { identifier, reference: { type: 'Encounter', identifier } };
  const places = placesOf(context, encounter, role);
  const isStay = identifier.system === systemOf(ROOT.inpatientNumber, sender);
  const reference = records.add(defined({
    resourceType: 'Encounter',
    identifier: identifiers,
    status: header.template === 'dischargeSummary' ? 'finished' : undefined,
    class: classOf(context, isStay),
    serviceType: places.department,
    subject,
    period,
    location: places.locations,
    serviceProvider: ownOrganization(sender),
  }), encounter ?? role ?? root, { elements: { period: childAt(encounter, 'effectiveTime') }, contribution: MENTIONED });
  return { identifier, reference };
}

function visitNumbers({ sender, root }: DocumentContext, encounter: XmlElement | undefined, role: XmlElement | undefined): readonly Identifier[] {
  const said = [
    ...idsOf(encounter, sender),
    ...VISIT_ROOTS.filter((of) => of !== sender.cda?.patientRoot).flatMap((of) => idsOf(role, sender).filter((id) => id.root === of)),
  ].map(({ identifier }) => identifier);
  if (said.length > 0) return said;
  return [['DE01.00.014.00', ROOT.inpatientNumber], ['DE01.00.010.00', ROOT.outpatientNumber]].flatMap(([element = '', of = '']) => {
    const value = wordsOf(findStatement(root, element));
    const system = systemOf(of, sender);
    return value === undefined || system === undefined || of === sender.cda?.patientRoot ? [] : [{ system, value }];
  });
}

/** A medical summary has the times of the visit among its statements; in an outpatient record the author's time is that of the visit. */
function periodOf(context: DocumentContext, { template }: Header, encounter: XmlElement | undefined): { readonly start?: string; readonly end?: string } {
  const said = periodAt(context, childAt(encounter, 'effectiveTime'));
  if (said.start !== undefined || template === undefined) return said;
  if (template === 'outpatientRecord') return periodAt(context, childAt(context.root, 'author', 'time'));
  if (template !== 'medicalSummary') return {};
  const valueOf = (element: string): XmlElement | undefined => childAt(findStatement(context.root, element), 'value');
  const { start } = periodAt(context, valueOf('DE06.00.092.00'));
  const { start: end } = periodAt(context, valueOf('DE06.00.017.00'));
  if (start !== undefined) return end === undefined ? { start } : { start, end };
  return periodAt(context, childAt(findStatement(context.root, 'DE05.10.053.00'), 'effectiveTime'));
}

/** 患者类型代码: the name decides, since senders number the kinds in their own ways. */
function classOf({ root }: DocumentContext, isStay: boolean): JsonObject | undefined {
  const element = childAt(root, 'recordTarget', 'patientRole', 'patientType', 'patienttypeCode') ?? childAt(root, 'recordTarget', 'patientRole', 'patientType', 'patientTypeCode')
    ?? childAt(findStatement(root, 'DE02.01.060.00'), 'value') ?? childAt(root, 'componentOf', 'encompassingEncounter', 'code');
  const name = attributeOf(element, 'displayName') ?? textIn(element);
  const kind = name === undefined ? KINDS_BY_CODE.get(attributeOf(element, 'code') ?? '') : KINDS_BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
  const code = isStay ? 'IMP' : kind;
  return code === undefined ? undefined : { system: ACT_CODES, code };
}

const KINDS_BY_NAME: readonly (readonly [RegExp, string])[] = [[/急诊/, 'EMER'], [/住院/, 'IMP'], [/门诊|体检/, 'AMB']];
const KINDS_BY_CODE: ReadonlyMap<string, string> = new Map([['1', 'AMB'], ['2', 'EMER'], ['3', 'IMP'], ['AMB', 'AMB'], ['EMER', 'EMER'], ['IMP', 'IMP']]);
