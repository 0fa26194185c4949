/**
 * `npm run learn-weights`: learns how much each field says about two records being of one person, and writes
 * `profiles/identity/model.json`. `--patients export.ndjson` learns from Patients of a registry, one a line, as a bulk export has
 * them; without it from a generated one of `--people 60000`. `--registry 1000000`: how many people the exchange will know.
 */
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createRandom } from '../district/random.ts';
import { registry } from '../district/registry/registry.ts';
import { isResource } from '../fhir/resource.ts';
import { type Features, featuresOf, learnModel, parseMatchModel } from '../identity/matching/index.ts';

const { values } = parseArgs({
  options: {
    patients: { type: 'string' }, people: { type: 'string', default: '60000' }, seed: { type: 'string', default: 'learn' }, registry: { type: 'string', default: '1000000' },
    out: { type: 'string', default: path.join(import.meta.dirname, '../../profiles/identity/model.json') },
  },
});

const records = values.patients === undefined ? [...generated()] : await exported(values.patients);
const random = createRandom(values.seed, 'strangers');
const learned = learnModel(records, { people: Number(values.registry), chance: () => random.next() });
const origin = values.patients === undefined ? `a generated registry of ${values.people} people, seed ${values.seed}` : 'the Patients of a registry';
const model = { ...learned, about: [`Learned by npm run learn-weights from ${records.length} records of ${origin}; strangers weigh as in a registry of ${values.registry} people.`, ...learned.about] };
parseMatchModel(model);
await writeFile(values.out, `${JSON.stringify(model, null, 1).replace(/\{\s+("person"[^}]*?)\s+\}/gu, (_, inner: string) => `{ ${inner.replace(/\s+/gu, ' ')} }`)}\n`);
console.log(`${values.out}: ${records.length} records`);

function* generated(): Generator<Features> {
  for (const { patient } of registry({ people: Number(values.people), seed: values.seed })) yield featuresOf(patient);
}

async function exported(file: string): Promise<readonly Features[]> {
  const features: Features[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const resource: unknown = line.trim() === '' ? undefined : JSON.parse(line);
    if (isResource(resource) && resource.resourceType === 'Patient') features.push(featuresOf(resource));
  }
  return features;
}
