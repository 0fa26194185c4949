/**
 * The date parameter that orders the resources of a type in a patient's record. `IndexTerms.clinicalDate` is the latest
 * start among the terms of this parameter, so that a store may answer "of this patient, newest first" from one index.
 */
const CLINICAL_DATE: Readonly<Record<string, string>> = {
  Account: 'period', AdverseEvent: 'date', AllergyIntolerance: 'date', Appointment: 'date', AuditEvent: 'date', Basic: 'created',
  CarePlan: 'date', CareTeam: 'date', ChargeItem: 'entered-date', Claim: 'created', ClinicalImpression: 'date',
  Communication: 'sent', CommunicationRequest: 'authored', Composition: 'date', Condition: 'recorded-date', Consent: 'date',
  DetectedIssue: 'identified', DeviceRequest: 'authored-on', DiagnosticReport: 'date', DocumentManifest: 'created',
  DocumentReference: 'date', Encounter: 'date', EpisodeOfCare: 'date', ExplanationOfBenefit: 'created', FamilyMemberHistory: 'date',
  Flag: 'date', Goal: 'start-date', ImagingStudy: 'started', Immunization: 'date', ImmunizationEvaluation: 'date',
  ImmunizationRecommendation: 'date', Invoice: 'date', List: 'date', MeasureReport: 'date', Media: 'created',
  MedicationAdministration: 'effective-time', MedicationDispense: 'whenhandedover', MedicationRequest: 'authoredon',
  MedicationStatement: 'effective', NutritionOrder: 'datetime', Observation: 'date', Procedure: 'date', Provenance: 'recorded',
  QuestionnaireResponse: 'authored', RequestGroup: 'authored', RiskAssessment: 'date', ServiceRequest: 'authored',
  Specimen: 'collected', Task: 'authored-on', VisionPrescription: 'datewritten',
};

/** Code of the type's main date parameter, undefined for a type that has none. */
export function clinicalDateParam(type: string): string | undefined {
  return Object.hasOwn(CLINICAL_DATE, type) ? CLINICAL_DATE[type] : undefined;
}
