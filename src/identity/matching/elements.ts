import { type JsonObject, objectsOf } from '../../fhir/resource.ts';
import { normalizePhone } from './phones.ts';

/** Numbers of a record, those of today only. */
export function phonesOf({ telecom }: JsonObject): readonly string[] {
  return objectsOf(telecom).slice(0, 12).flatMap(({ system, use, value }) => (use === 'old' || (system !== undefined && system !== 'phone' && system !== 'sms') ? [] : normalizePhone(value) ?? []));
}
