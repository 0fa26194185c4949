import { beforeAll, describe, expect, it } from 'vitest';
import { patientNumber } from '../../src/district/administrative.ts';
import { laboratoryDocument } from '../../src/district/cda-document.ts';
import { addDays } from '../../src/district/calendar.ts';
import { institutionOf } from '../../src/district/institutions.ts';
import { laboratoryOf } from '../../src/district/laboratory.ts';
import { loadDistrictTables } from '../../src/district/load-tables.ts';
import { takeSample } from '../../src/district/measure.ts';
import { type DistrictTables, districtMessages } from '../../src/district/message.ts';
import { DISTRICT_END, residentAt } from '../../src/district/residents.ts';
import { visitsOf } from '../../src/district/visits.ts';
import { xml, xmlText } from '../../src/district/xml-text.ts';
import { isAcceptable } from '../../src/fhir/outcome.ts';
import type { Fhir } from '../../src/fhir/fhir.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { isList, isObject, isResource, textOf } from '../../src/fhir/resource.ts';
import { demandedProfile } from '../../src/intake/demanded-profile.ts';
import { CDA_LIMITS } from '../../src/normalize/cda/limits.ts';
import { readCda } from '../../src/normalize/cda/read-cda.ts';
import { normalizeMessage } from '../../src/normalize/index.ts';
import { openFhir, PROFILES_DIR } from '../../src/open-services.ts';

const options = { seed: 'documents', residents: 60, until: DISTRICT_END };
const SOURCE = 'hospital-d';
const systemOf = (kind: string): string => `https://bund.example/sources/${SOURCE}/${kind}`;
let tables: DistrictTables;
let fhir: Fhir;
let documents: readonly string[];

beforeAll(async () => {
  [tables, fhir] = await Promise.all([loadDistrictTables(PROFILES_DIR), openFhir()]);
  documents = documentsOf(tables);
});

function documentsOf({ sources, codes }: DistrictTables): readonly string[] {
  const [source, institution] = [sources.get(SOURCE)!, institutionOf(SOURCE)];
  const laboratory = laboratoryOf(institution, codes);
  return Array.from({ length: options.residents }, (_, index) => residentAt(index, options)).flatMap((resident) => {
    const number = patientNumber(options.seed, institution, resident);
    return visitsOf(resident, options).filter((visit) => visit.institution === institution).flatMap((visit) => {
      const sample = takeSample(options.seed, resident, visit.isCorrection ? addDays(visit.day, 1) : visit.day);
      return visit.panels.flatMap((panel) => laboratoryDocument(panel, laboratory, sample, { resident, visit, source, patientNumber: number, number: `${number}-${visit.number}` }) ?? []);
    });
  });
}

function normalized(document: string): readonly Resource[] {
  const source = tables.sources.get(SOURCE)!;
  const sender = { ...source, cda: { patientRoot: '2.16.156.10011.1.13', identifierSystems: { '2.16.156.10011.1.33': systemOf('report'), '2.16.156.10011.1.24': systemOf('order') } } };
  const message = readCda(Buffer.from(document), sender, CDA_LIMITS).read();
  const registry = { organizations: new Map([[source.organization.uscc, source.organization.id]]), base: undefined };
  const { entries, faults } = normalizeMessage(message, { sender, registry, definitions: fhir.definitions }).finish(new Map());
  expect(faults).toEqual([]);
  return entries.map(({ resource }) => resource);
}

/** What a result says, whatever format brought it. */
function said(observation: Resource): string {
  const { valueQuantity, valueString, referenceRange, effectiveDateTime, code, interpretation } = observation;
  const coding = isObject(code) && isList(code['coding']) ? code['coding'].filter(isObject).find(({ system }) => system === systemOf('codes')) : undefined;
  const flags = isList(interpretation) ? interpretation.filter(isObject).flatMap(({ coding: of }) => (isList(of) ? of.filter(isObject).filter(({ system }) => textOf(system).includes('v3-')).map(({ code: flag }) => flag) : [])) : [];
  return JSON.stringify([coding?.['code'], valueQuantity, valueString, referenceRange, effectiveDateTime, flags]);
}

describe('the reports of a district as shared documents', () => {
  it('are the same for the same seed', () => {
    expect(documents.length).toBeGreaterThan(20);
    expect(documentsOf(tables)).toEqual(documents);
  });

  it('are read without a fault, and keep the profiles that the intake demands', () => {
    const source = tables.sources.get(SOURCE)!;
    for (const resource of documents.flatMap(normalized)) {
      const profile = demandedProfile(resource, source);
      expect(fhir.validate(resource, profile === undefined ? {} : { profiles: [profile] }).filter((issue) => !isAcceptable([issue]))).toEqual([]);
    }
  });

  it('say of each result what the same report says in FHIR', () => {
    const ofType = (resources: readonly Resource[]): readonly string[] => [...new Set(resources.filter(({ resourceType }) => resourceType === 'Observation').map(said))].sort();
    const bundles = [...districtMessages(tables, options, SOURCE)].flatMap(({ bundle }) => (isList(bundle['entry']) ? bundle['entry'] : []));
    const sent = bundles.flatMap((entry) => (isObject(entry) && isResource(entry['resource']) ? [entry['resource']] : []));
    expect(ofType(documents.flatMap(normalized))).toEqual(ofType(sent));
  });

  it('name the patient and the report as the same report in FHIR does', () => {
    const numbers = (resources: readonly Resource[], type: string, system: string): ReadonlySet<string> => new Set(resources.filter(({ resourceType }) => resourceType === type)
      .flatMap(({ identifier }) => (isList(identifier) ? identifier.filter(isObject).filter((of) => of['system'] === system).map(({ value }) => textOf(value)) : [])));
    const bundles = [...districtMessages(tables, options, SOURCE)].flatMap(({ bundle }) => (isList(bundle['entry']) ? bundle['entry'] : []));
    const sent = bundles.flatMap((entry) => (isObject(entry) && isResource(entry['resource']) ? [entry['resource']] : []));
    const read = documents.flatMap(normalized);
    const patients = numbers(sent, 'Patient', systemOf('patient-number'));
    expect([...numbers(read, 'Patient', systemOf('patient-number'))].filter((number) => !patients.has(number))).toEqual([]);
    expect([...numbers(read, 'DiagnosticReport', systemOf('report'))].filter((number) => !numbers(sent, 'DiagnosticReport', systemOf('report')).has(number))).toEqual([]);
  });
});

describe('an XML element as text', () => {
  it('has its texts escaped and leaves out what has no value', () => {
    expect(xml('a', { b: '1 < "2" & 3\n', c: undefined }, [xmlText('x > y & z'), xml('d')])).toBe('<a b="1 &lt; &quot;2&quot; &amp; 3&#10;">x &gt; y &amp; z<d/></a>');
  });
});
