import type { JsonObject } from '../../fhir/resource.ts';

/** What kind of examination a report is of. */
export interface ExaminationKind {
  /** Section of HL7 table 0074. */
  readonly section: string;
  /** Modality of DICOM, where one is meant. */
  readonly modality: string | undefined;
  /** False for what makes no images, or whose images are no radiology. */
  readonly isImaging: boolean;
}

/** Order matters: an ultrasound of an endoscope is an endoscopy, PET/CT is nuclear medicine. */
const KINDS: readonly (readonly [RegExp, ExaminationKind])[] = [
  [/病理|细胞学|活检/, { section: 'PAT', modality: undefined, isImaging: false }],
  [/内镜|胃镜|肠镜|喉镜|支气管镜|宫腔镜|膀胱镜/, { section: 'OTH', modality: 'ES', isImaging: false }],
  [/心电|动态血压|脑电|肌电|Holter|ECG|EEG/i, { section: 'EC', modality: 'ECG', isImaging: false }],
  [/核医学|PET|SPECT|闪烁|同位素/i, { section: 'NMS', modality: 'NM', isImaging: true }],
  [/超声|彩超|[BＢ]超|多普勒|\bUS\b/i, { section: 'RUS', modality: 'US', isImaging: true }],
  [/磁共振|核磁|\bMRI?\b|MRI/i, { section: 'NMR', modality: 'MR', isImaging: true }],
  [/CT|断层/i, { section: 'CT', modality: 'CT', isImaging: true }],
  [/钼靶|乳腺摄影/, { section: 'RAD', modality: 'MG', isImaging: true }],
  [/造影|透视/, { section: 'RAD', modality: 'RF', isImaging: true }],
  [/X\s?[线光射]|Ｘ线|放射|摄片|平片|胸片|正侧位|\bDR\b|\bCR\b|\bDX\b/i, { section: 'RAD', modality: 'DX', isImaging: true }],
];
const UNKNOWN: ExaminationKind = { section: 'RAD', modality: undefined, isImaging: true };

/** @param words category, method, item and title, the most telling first */
export function examinationKind(words: readonly string[]): ExaminationKind {
  for (const word of words) {
    const found = KINDS.find(([pattern]) => pattern.test(word));
    if (found !== undefined) return found[1];
  }
  return UNKNOWN;
}

/** Both ways in which systems ask for a kind of report. */
export function categoryOfKind({ section, modality }: ExaminationKind): readonly JsonObject[] {
  const coding = [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0074', code: section }];
  return [{ coding: modality === undefined ? coding : [...coding, { system: 'http://dicom.nema.org/resources/ontology/DCM', code: modality }] }];
}
