import type { Clause } from '../fhir/search/query.ts';

/** What every institution may know: who and what exists in the region, and the definitions that data follows. */
export const REFERENCE_TYPES: ReadonlySet<string> = new Set([
  'Organization', 'OrganizationAffiliation', 'Practitioner', 'PractitionerRole', 'Location', 'HealthcareService', 'Endpoint', 'InsurancePlan',
  'Medication', 'MedicationKnowledge', 'Substance', 'ObservationDefinition', 'SpecimenDefinition', 'DeviceDefinition', 'ChargeItemDefinition',
  'CodeSystem', 'ValueSet', 'ConceptMap', 'NamingSystem', 'TerminologyCapabilities', 'StructureDefinition', 'StructureMap', 'SearchParameter',
  'OperationDefinition', 'CapabilityStatement', 'CompartmentDefinition', 'ImplementationGuide', 'MessageDefinition', 'GraphDefinition',
  'PlanDefinition', 'ActivityDefinition', 'Library', 'Measure', 'Questionnaire', 'EventDefinition', 'VerificationResult',
]);

type Step = Extract<Clause, { kind: 'chain' | 'has' }>;

const ABOUT: ReadonlySet<string> = new Set(['patient', 'subject']);
const IN_TRACES: ReadonlySet<string> = new Set(['patient', 'agent', 'source']);

/**
 * True when every chain of a clinician's search stays within reference data, or names one patient by one identifier. Any other
 * would tell by its answer, or by the number of its matches, what stands in records that the clinician may not read.
 */
export function staysWithinReach(type: string, where: readonly Clause[]): boolean {
  return stepsOf(where).every((step) => {
    if (REFERENCE_TYPES.has(step.type)) return (step.kind === 'chain' || REFERENCE_TYPES.has(type)) && staysWithinReach(step.type, step.where);
    return step.kind === 'chain' && step.type === 'Patient' && ABOUT.has(step.param) && !REFERENCE_TYPES.has(type) && isIdentifier(step.where, 1);
  });
}

/** True when the chains of an auditor's search ask for nothing but the identifier of whom or what a trace names. */
export function staysWithinTraces(where: readonly Clause[]): boolean {
  return stepsOf(where).every((step) => step.kind === 'chain' && IN_TRACES.has(step.param) && isIdentifier(step.where, Infinity));
}

/** The types that the chains of a search lead to: their data shapes its answer. */
export function typesReached(where: readonly Clause[]): ReadonlySet<string> {
  return new Set(stepsOf(where).flatMap((step) => [step.type, ...typesReached(step.where)]));
}

/** First steps of the chains, those in alternatives included. */
function stepsOf(where: readonly Clause[]): readonly Step[] {
  return where.flatMap((clause): readonly Step[] => {
    if (clause.kind === 'or') return stepsOf(clause.clauses);
    return clause.kind === 'chain' || clause.kind === 'has' ? [clause] : [];
  });
}

/** Whole identifiers only: a system alone would describe a group. */
function isIdentifier(where: readonly Clause[], most: number): boolean {
  const [clause, ...others] = where;
  return clause?.kind === 'token' && others.length === 0 && clause.param === 'identifier' && clause.negate !== true
    && clause.anyOf.length <= most && clause.anyOf.every(({ code }) => code !== undefined && code !== '');
}
