import { birthDateOf } from './observation.ts';

/** What hospital-b's laboratory names and prints: code, name, value, unit, limits. */
const TESTS: readonly (readonly [string, string, string, string, string])[] = [
  ['30601', '葡萄糖', '98', 'mg/dL', '70-110'], ['30401', '尿素氮', '14', 'mg/dL', '7-20'], ['30402', '肌酐', '0.92', 'mg/dL', '0.60-1.30'],
  ['30403', '尿酸', '5.4', 'mg/dL', '3.4-7.0'], ['30501', '总胆固醇', '183', 'mg/dL', '120-200'], ['30502', '甘油三酯', '121', 'mg/dL', '35-150'],
  ['30503', '高密度脂蛋白胆固醇', '52', 'mg/dL', '40-77'], ['30504', '低密度脂蛋白胆固醇 (直接法)', '107', 'mg/dL', '0-130'], ['30701', '钾', '4.1', 'mEq/L', '3.5-5.3'], ['30702', '钠', '140', 'mEq/L', '137-147'],
];

/** Patients that the messages are spread over, one after another. */
export const PATIENTS = 2_000;

/** The n-th result message of ten observations, with patient, visit, order and specimen, as a laboratory information system sends it. */
export function oru(n: number): string {
  const patient = String(n % PATIENTS).padStart(8, '0');
  const at = `20260301${String(8 + (n % 10)).padStart(2, '0')}${String(n % 60).padStart(2, '0')}00+0800`;
  const order = `L${String(n).padStart(9, '0')}`;
  return [
    `MSH|^~\\&|LIS|PUBIN|BUND|BUND|${at}||ORU^R01^ORU_R01|B${n}|P|2.5.1|||||CHN|UNICODE UTF-8`,
    `PID|1||20${patient}^^^PUBIN^MR||王^芳${n % PATIENTS}||${birthDateOf(n % PATIENTS).replaceAll('-', '')}|F|||梧桐路${n % PATIENTS}号^^上海市^^^CHN^H||1000000${patient.slice(-4)}^PRN^CP`,
    `PV1|1|O|||||||||||||||||V${patient}|||||||||||||||||||||||||20260301080000+0800`,
    `ORC|RE|${order}|${order}`,
    `OBR|1|${order}|${order}|CHEM^生化全套^99PANEL|||${at}|||||||||||||||${at}||LAB|F`,
    ...TESTS.map(([code, name, value, unit, range], i) => `OBX|${i + 1}|NM|${code}^${name}^99LAB||${value}|${unit}|${range}|N|||F|||${at}|||||${at}`),
    `SPM|1|^${order}||SER^血清^HL70487|||||||||||||${at}|${at}`,
  ].map((segment) => `${segment}\r`).join('');
}
