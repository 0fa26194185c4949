import type { Operation } from '../../http/operation.ts';
import type { Services } from '../../services.ts';
import { recognize } from './recognize.ts';

/** What recognition adds to the FHIR API. */
export function recognitionOperations(services: Services): readonly Operation[] {
  return [{
    type: 'ServiceRequest', name: 'recognize', level: 'type', methods: ['POST'],
    definition: 'https://bund.example/OperationDefinition/recognize',
    answer: async (caller, asked) => ({ status: 200, resource: await recognize(services, caller, await asked.body()) }),
  }];
}
