import type { JsonObject } from '../../../fhir/resource.ts';
import type { Sender } from '../../local-identity.ts';
import type { Place, Reading } from '../mapping/reading.ts';
import type { Value } from '../segment.ts';
import { element, extension, present, tableCoding } from './element.ts';
import type { Authority, Parts } from './system.ts';
import { authorityOf, componentParts, fieldParts, isNamed, systemOf } from './system.ts';
import { validity } from './time.ts';

/** Types of numbers of table 0203, without those of single countries, which begin with NN. @see https://terminology.hl7.org/CodeSystem-v2-0203.html */
const TYPES: ReadonlySet<string> = new Set((
  'AC ACSN AIN AM AMA AN ANC AND ANON ANT APRN ASID BA BC BCFN BCT BR BRN BSNR CC CONM CY CZ DC DCFN DDS DEA DFN DI DL DN DO DP DPM DR DS EI EN ESN FDR FDRFN FGN FI FILL GI GL GN '
  + 'HC IND JHN LACSN LANR LI LN LR MA MB MC MCD MCN MCR MCT MD MI MR MRT MS NBSNR NCT NE NH NI NII NIIP NP NPI OBI OD PA PC PCN PE PEN PGN PHC PHE PHO PI PIN PLAC PN PNT PPIN PPN PRC '
  + 'PRN PT QA RI RN RPH RR RRI RRP SAMN SB SID SL SN SNBSN SNO SP SR SRX SS STN TAX TN TPR TRL U UDI USID VN VP VS WC WCN WP XV XX'
).split(' '));

/** @param code of table 0203, or what a sender writes instead */
export function identifierType(code: string): JsonObject | undefined {
  if (code === '') return undefined;
  return TYPES.has(code) || /^NN[A-Z0-9]{3}$/.test(code) ? { coding: [tableCoding('0203', code)] } : { text: code };
}

/** What a number without any authority is, and of which type it is by the field in which it stands. */
export interface IdentifierKind { readonly kind: string; readonly type?: string }

/** EI, by its parts. @returns undefined without number */
export function entityIdentifier(parts: Parts, sender: Sender, { kind, type = '' }: IdentifierKind): JsonObject | undefined {
  const value = parts(1);
  if (value === '') return undefined;
  return element({ type: identifierType(type), system: systemOf(authorityOf(parts, 2), sender, kind), value });
}

/** The EI of a field. */
export function fieldIdentifier({ sender }: Pick<Reading, 'sender'>, value: Value, kind: IdentifierKind): JsonObject | undefined {
  return value.raw === '' ? undefined : entityIdentifier(fieldParts(value), sender, kind);
}

/** One of the two numbers of an EIP: that of the placer, and that of the filler. */
export function pairedIdentifier({ sender }: Pick<Reading, 'sender'>, value: Value, component: 1 | 2, kind: IdentifierKind): JsonObject | undefined {
  return entityIdentifier(componentParts(value, component), sender, kind);
}

/**
 * CX: a number with who assigned it, its type, check digit and validity.
 *
 * @param kind its `type` counts where the number names none
 */
export function extendedIdentifier(reading: Reading, value: Value, { kind, type = '' }: IdentifierKind, place: Place): JsonObject | undefined {
  const number = value.raw === '' ? '' : value.text(1);
  if (number === '') return undefined;
  const authority = authorityOf(componentParts(value, 4), 1);
  return element({
    extension: present([extension('http://hl7.org/fhir/StructureDefinition/identifier-checkDigit', { valueString: value.text(2) })]),
    type: identifierType(value.text(5) || type),
    system: systemOf(authority, reading.sender, kind),
    value: number,
    period: validity(reading, value, { start: 7, end: 8 }, place),
    assigner: assignerOf(authority, authorityOf(componentParts(value, 6), 1)),
  });
}

export function extendedIdentifiers(reading: Reading, values: readonly Value[], kind: IdentifierKind, place: Place): readonly JsonObject[] {
  return present(values.map((value) => extendedIdentifier(reading, value, kind, place)));
}

/** Who assigned a number, as names: what stands for it in the system is one of them only. */
export function assignerOf(authority: Authority, facility: Authority): JsonObject | undefined {
  const names = [nameOf(authority), nameOf(facility)].filter(Boolean);
  return names.length === 0 ? undefined : { display: [...new Set(names)].join(', ') };
}

function nameOf(authority: Authority): string {
  const { namespace, universalId } = authority;
  if (!isNamed(authority)) return '';
  return namespace === '' || universalId === '' ? namespace || universalId : `${namespace} (${universalId})`;
}
