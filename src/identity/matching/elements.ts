import { isList, isObject, type JsonObject } from '../../fhir/resource.ts';
import { normalizePhone } from './phones.ts';

/** Numbers of a record, those of today only. */
export function phonesOf({ telecom }: JsonObject): readonly string[] {
  return objectsOf(telecom).slice(0, 12).flatMap(({ system, use, value }) => (use === 'old' || (system !== undefined && system !== 'phone' && system !== 'sms') ? [] : normalizePhone(value) ?? []));
}

export function objectsOf(value: JsonObject[string]): readonly JsonObject[] {
  return isList(value) ? value.filter(isObject) : [];
}
