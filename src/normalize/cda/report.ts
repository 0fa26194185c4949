import type { JsonObject } from '../../fhir/resource.ts';
import type { RecordContext } from './context.ts';
import { dataElementOf, ELEMENT, wordsOf } from './data-elements.ts';
import { defined } from '../defined.ts';
import type { XmlElement } from './element.ts';
import { attributeOf, childAt, childrenOf, textIn } from './element.ts';
import type { Identifier, InstanceId } from './identifiers.ts';
import { idsOf } from './identifiers.ts';
import { ROOT } from './oids.ts';
import { organizationOf, ownOrganization, personsIn, roleNameOf } from './people.ts';
import { chainOf } from './places.ts';
import { sectionsOf } from './sections.ts';

/** What laboratory and examination reports have in common. */
export interface Report {
  readonly identifier: Identifier;
  readonly status: string;
  readonly basedOn: readonly JsonObject[];
  /** The institution, its department, who wrote the report and who worked on it. */
  readonly performer: readonly JsonObject[];
  /** Who judged and who reviewed the results. */
  readonly interpreter: readonly JsonObject[];
  readonly specimenNumber: Identifier | undefined;
  /** Remark on the whole. R4 has no place for it in a report: its results carry it. */
  readonly note: string | undefined;
}

/** @param root of the numbers of such reports */
export function readReport(context: RecordContext, root: string): Report {
  const { header, sender } = context;
  const ids = [...idsOf(childAt(context.root, 'recordTarget', 'patientRole'), sender), ...idsOf(childAt(context.root, 'inFulfillmentOf', 'order'), sender)];
  const numbered = (of: string): Identifier | undefined => ids.find((id) => id.root === of)?.identifier;
  const signers = [...childrenOf(context.root, 'authenticator'), ...childrenOf(context.root, 'legalAuthenticator')];
  return {
    // A report without number is known by what all versions of its document have in common.
    identifier: numbered(root) ?? header.setId ?? header.identifier,
    status: header.isRevision ? 'corrected' : 'final',
    basedOn: basedOn(context.root, ids),
    performer: [...performingUnits(context), ...personsIn(context, [...childrenOf(context.root, 'author'), ...signers.filter((role) => /技师|技术/.test(roleNameOf(role)))])],
    interpreter: personsIn(context, signers.filter(isInterpreter)),
    specimenNumber: numbered(ROOT.specimen),
    note: wordsOf(reportStatements(context.root, ELEMENT.note)[0]),
  };
}

/** What is stated of the whole report and not of an item: right in an entry, without anything around it. */
export function reportStatements(root: XmlElement, dataElement: string): readonly XmlElement[] {
  const entries = sectionsOf(root).flatMap((section) => childrenOf(section, 'entry'));
  return entries.flatMap((entry) => childrenOf(entry, 'observation')).filter((observation) => dataElementOf(observation) === dataElement);
}

function isInterpreter(role: XmlElement): boolean {
  const name = roleNameOf(role);
  return name === '' ? role.name === 'legalAuthenticator' : /医师|医生|审核/.test(name);
}

/** The order, by its number; who ordered is told beside it. */
function basedOn(root: XmlElement, ids: readonly InstanceId[]): readonly JsonObject[] {
  const requester = childrenOf(root, 'participant').find((participant) => attributeOf(participant, 'typeCode') === 'PRF');
  const units = chainOf(childAt(requester, 'associatedEntity', 'scopingOrganization'));
  const display = units.map((organization) => textIn(childAt(organization, 'name'))).filter((name) => name !== undefined).join(', ');
  return ids.filter((id) => id.root === ROOT.order).map(({ identifier }) => defined({ type: 'ServiceRequest', identifier, display: display === '' ? undefined : display }));
}

/** A report can come from another institution than the one that keeps the document: then it is named as the document names it. */
function performingUnits({ root, sender }: RecordContext): readonly JsonObject[] {
  const institution = wordsOf(reportStatements(root, ELEMENT.institution)[0]);
  const department = wordsOf(reportStatements(root, ELEMENT.department)[0]);
  const custodian = organizationOf(childAt(root, 'custodian', 'assignedCustodian', 'representedCustodianOrganization'), sender);
  const isOther = institution !== undefined && typeof custodian?.['display'] === 'string' && custodian['display'] !== institution;
  return [
    isOther ? { type: 'Organization', display: institution } : ownOrganization(sender, institution),
    ...(department === undefined ? [] : [{ type: 'Organization', display: department }]),
  ];
}
