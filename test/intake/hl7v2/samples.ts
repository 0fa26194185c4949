/** HL7 v2 messages of hospital-b, whose description names LIS|PUBIN. */
export interface V2Sample {
  /** MSH-9, `ADT^A01`. */
  readonly type: string;
  /** MSH-10. */
  readonly control: string;
  /** MSH-7, and EVN-2 of an ADT. */
  readonly at: string;
  readonly segments: readonly string[];
  readonly version?: string;
  readonly charset?: string;
  readonly sender?: string;
  /** MSH-15 and MSH-16. */
  readonly wants?: string;
}

export function v2({ type, control, at, segments, version = '2.5.1', charset = 'UNICODE UTF-8', sender = 'LIS|PUBIN', wants = '|' }: V2Sample): string {
  const event = type.startsWith('ADT') ? [`EVN||${at}`] : [];
  return [`MSH|^~\\&|${sender}|BUND|BUND|${at}||${type}|${control}|P|${version}|||${wants}|CHN|${charset}`, ...event, ...segments].map((segment) => `${segment}\r`).join('');
}

export interface PidSample { readonly number: string; readonly name?: string; readonly residentId?: string; readonly more?: string }

export function pid({ number, name = '王^芳', residentId, more = '' }: PidSample): string {
  return `PID|1||${number}^^^PUBIN^MR${residentId === undefined ? '' : `~${residentId}^^^CHN^NNCHN`}||${name}||19600101|F${more}`;
}

export interface ResultSample { readonly code?: string; readonly value?: string; readonly unit?: string; readonly status?: string; readonly kind?: string }

/** Order, request and results of one laboratory order. */
export function order(number: string, at: string, results: readonly ResultSample[], status = 'F'): readonly string[] {
  return [
    `ORC|RE|${number}|${number}`,
    `OBR|1|${number}|${number}|RFT^肾功能^99PANEL|||${at}|||||||||||||||${at}||LAB|${status}`,
    ...results.map(({ code = '30601', value = '98', unit = 'mg/dL', status: of = status, kind = 'NM' }, index) =>
      `OBX|${index + 1}|${kind}|${code}^项目${code}^99LAB||${value}|${unit}|70-110|N|||${of}|||${at}|||||${at}`),
  ];
}
