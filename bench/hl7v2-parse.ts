/** How fast a usual laboratory report of ten results is decoded, parsed and read: `node bench/hl7v2-parse.ts`. */
import { decodeV2 } from '../src/normalize/hl7v2/decode.ts';
import { parseV2 } from '../src/normalize/hl7v2/parse.ts';

const SECONDS = 3;
const OBX_FIELDS = [1, 2, 3, 5, 6, 7, 8, 11, 14];

function report(results: number): string {
  const head = [
    'MSH|^~\\&|LIS|HOSPITAL-A|HIE|DISTRICT|20260301080000+0800||ORU^R01^ORU_R01|MSG-1|P|2.5.1|||AL|NE|CHN|UNICODE UTF-8',
    'PID|1||P0001^^^HOSPITAL-A^PI~310101199001011234^^^PRC^NI||张^三||19900101|F|||黄浦区示例路1号^^上海^^200000^CHN||021-00000000',
    'PV1|1|O|LAB^^^HOSPITAL-A||||D001^李^四|||||||||||V0001',
    'ORC|RE|ORD-1|FIL-1|||||||||D001^李^四',
    'OBR|1|ORD-1|FIL-1|CBC^血常规^L|||20260301073000|||||||20260301074000|BLD^血液|D001^李^四||||||20260301080000|||F',
  ];
  const lines = Array.from({ length: results }, (_, index) => `OBX|${index + 1}|NM|T${index}^项目${index}^L||${index}.${index}|10*9/L|3.5-9.5|N|||F|||20260301073000||T001^王^五`);
  return [...head, ...lines, ''].join('\r');
}

function read(bytes: Buffer): number {
  let length = 0;
  for (const segment of parseV2(decodeV2(bytes).text).segments) {
    for (const field of OBX_FIELDS) length += segment.text(field).length;
  }
  return length;
}

const bytes = Buffer.from(report(10));
for (let warm = 0; warm < 5_000; warm += 1) read(bytes);
const end = performance.now() + SECONDS * 1_000;
const start = performance.now();
let messages = 0;
for (; performance.now() < end; messages += 1) read(bytes);
const seconds = (performance.now() - start) / 1_000;
console.log(`${Math.round(messages / seconds)} messages/s of ${bytes.length} bytes, ${Math.round((messages * bytes.length) / seconds / 1e6)} MB/s`);
