import { describe, expect, it } from 'vitest';
import { loadDistrictTables } from '../../src/district/load-tables.ts';
import { districtMessages } from '../../src/district/message.ts';
import { DISTRICT_END } from '../../src/district/residents.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { demandedProfile } from '../../src/intake/demanded-profile.ts';
import { openFhir, PROFILES_DIR } from '../../src/open-services.ts';

const fhir = await openFhir();
const tables = await loadDistrictTables(PROFILES_DIR);
const messages = [...districtMessages(tables, { seed: 'validity', residents: 80, until: DISTRICT_END })];

interface Bundle extends Resource { entry: { resource: Resource }[] }

describe('a generated message', () => {
  it('is a valid Bundle of R4', () => {
    const faults = messages.flatMap((message) => fhir.validate(message.bundle).filter((issue) => issue.severity === 'error' || issue.severity === 'fatal'));
    expect(faults).toEqual([]);
  });

  it('holds only resources that keep the profile which the intake demands of them', () => {
    const profiles = new Set<string>();
    for (const { bundle, source } of messages) {
      for (const { resource } of (bundle as Bundle).entry) {
        const demanded = demandedProfile(resource, tables.sources.get(source)!);
        if (demanded !== undefined) profiles.add(demanded);
        expect(fhir.validate(resource, { profiles: demanded === undefined ? [] : [demanded] })).toEqual([]);
      }
    }
    expect([...profiles].map((url) => url.split('/').at(-1)).sort()).toEqual([
      'bund-encounter', 'bund-imaging-report', 'bund-imaging-study', 'bund-lab-observation', 'bund-lab-report', 'bund-organization', 'bund-patient', 'bund-service-request', 'bund-specimen',
    ]);
  });
});
