import { SUBJECT_SYSTEM } from '../../audit/index.ts';
import type { JsonObject, JsonValue, Resource } from '../../fhir/resource.ts';
import { ITEM_SYSTEM } from '../../terminology/index.ts';
import { EXAMINATION_SYSTEM } from '../catalogue/check-entry.ts';
import type { Certificate } from '../rules/certificate.ts';
import { passesRounds } from './mark.ts';

export const CERTIFICATE_PROFILE = 'https://bund.example/StructureDefinition/bund-quality-certificate';
/** Extension of a VerificationResult: what was assessed, and how the rounds went. */
export const CERTIFICATE_URL = 'https://bund.example/StructureDefinition/quality-certificate';

/** Who stands for it, and since when it is as it is. `by`: the subject who registered it; undefined for one of the files. */
export interface Attested { readonly by: string | undefined; readonly at: string }

/**
 * A certificate as FHIR shows it.
 *
 * @param isExamination the item is an examination, and no laboratory item
 * @see https://hl7.org/fhir/R4/verificationresult.html
 */
export function verificationResult(certificate: Certificate, { by, at }: Attested, isExamination: boolean): Resource & { readonly id: string } {
  const { id, organization, organiser, recalled, rounds } = certificate;
  return {
    resourceType: 'VerificationResult',
    id,
    meta: { profile: [CERTIFICATE_PROFILE] },
    extension: [{ url: CERTIFICATE_URL, extension: partsOf(certificate, isExamination) }],
    target: [{ reference: `Organization/${organization}` }],
    status: recalled !== undefined ? 'reval-fail' : passesRounds(rounds) ? 'validated' : 'val-fail',
    statusDate: recalled?.at ?? at,
    primarySource: [{ who: { display: organiser } }],
    attestation: { ...(by === undefined ? {} : { who: { identifier: { system: SUBJECT_SYSTEM, value: by } } }), date: at.slice(0, 10) },
    validator: [{ organization: { display: organiser } }],
  };
}

function partsOf({ item, method, instrument, scope, programme, valid, rounds, recalled }: Certificate, isExamination: boolean): readonly JsonObject[] {
  const part = (url: string, value: JsonObject): JsonObject => ({ url, ...value });
  return [
    part('item', { valueCoding: { system: isExamination ? EXAMINATION_SYSTEM : ITEM_SYSTEM, code: item } }),
    ...(method === undefined ? [] : [part('method', { valueString: method })]),
    ...(instrument === undefined ? [] : [part('instrument', { valueString: instrument })]),
    part('scope', { valueCode: scope }),
    part('programme', { valueString: programme }),
    part('valid', { valuePeriod: { ...(valid.from === undefined ? {} : { start: valid.from }), ...(valid.to === undefined ? {} : { end: valid.to }) } }),
    ...rounds.map(({ round, score }): JsonObject => ({ url: 'round', extension: [part('name', { valueString: round }), part('score', { valueDecimal: score })] })),
    ...(recalled === undefined ? [] : [{ url: 'recall', extension: [part('at', { valueInstant: recalled.at }), part('reason', { valueString: recalled.reason })] satisfies readonly JsonValue[] }]),
  ];
}
