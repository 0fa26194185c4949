import { crc32, deflateRawSync } from 'node:zlib';

/** One file of an archive. What is given beside its content is written as it is, right or wrong. */
export interface ZipFile { readonly name: string; readonly content: string | Buffer; readonly size?: number; readonly crc?: number; readonly flags?: number; readonly method?: number; readonly at?: number }

/** A ZIP archive, as small as one can be. */
export function zip(files: readonly ZipFile[], { comment = '' }: { comment?: string } = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const content = Buffer.from(file.content);
    const method = file.method ?? 8;
    const packed = method === 8 ? deflateRawSync(content) : content;
    const name = Buffer.from(file.name);
    const header = Buffer.alloc(26);
    header.writeUInt16LE(20, 0);
    header.writeUInt16LE(file.flags ?? 0, 2);
    header.writeUInt16LE(method, 4);
    header.writeUInt32LE(file.crc ?? crc32(content), 10);
    header.writeUInt32LE(packed.length, 14);
    header.writeUInt32LE(file.size ?? content.length, 18);
    header.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), header, name, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(file.at ?? at, 10);
    directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), header, place, name]));
    locals.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(18);
  const length = directory.reduce((sum, entry) => sum + entry.length, 0);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(length, 8);
  end.writeUInt32LE(at, 12);
  end.writeUInt16LE(Buffer.byteLength(comment), 16);
  return Buffer.concat([...locals, ...directory, Buffer.from('504b0506', 'hex'), end, Buffer.from(comment)]);
}

export interface Parts { readonly sheets: Readonly<Record<string, string>>; readonly styles?: string; readonly sharedStrings?: string; readonly date1904?: boolean }

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const LINK = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** The files of a workbook. @param sheets name -> `<row>`s, or a whole sheet */
export function workbookFiles({ sheets, styles, sharedStrings, date1904 = false }: Parts): ZipFile[] {
  const names = Object.keys(sheets);
  return [
    { name: '_rels/.rels', content: `${XML}<Relationships><Relationship Id="r1" Type="${LINK}/officeDocument" Target="xl/workbook.xml"/></Relationships>` },
    {
      name: 'xl/workbook.xml',
      content: `${XML}<workbook xmlns:r="${LINK}"><workbookPr${date1904 ? ' date1904="1"' : ''}/><sheets>${names.map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="s${i}"/>`).join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `${XML}<Relationships>${names.map((_, i) => `<Relationship Id="s${i}" Type="${LINK}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join('')}`
        + `<Relationship Id="st" Type="${LINK}/styles" Target="/xl/styles.xml"/><Relationship Id="ss" Type="${LINK}/sharedStrings" Target="./sharedStrings.xml"/>`
        + `<Relationship Id="x" Type="${LINK}/externalLink" Target="https://elsewhere.example/a.xlsx" TargetMode="External"/></Relationships>`,
    },
    ...names.map((name, i) => ({ name: `xl/worksheets/sheet${i + 1}.xml`, content: sheets[name]!.startsWith('<row') || sheets[name] === '' ? `${XML}<worksheet><sheetData>${sheets[name]}</sheetData></worksheet>` : sheets[name]! })),
    ...(styles === undefined ? [] : [{ name: 'xl/styles.xml', content: styles }]),
    ...(sharedStrings === undefined ? [] : [{ name: 'xl/sharedStrings.xml', content: sharedStrings }]),
  ];
}

export function workbook(parts: Parts): Buffer {
  return zip(workbookFiles(parts));
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll('\r', '&#13;');
}

/** A row of inline texts; a cell that begins with `<` is XML as it is. */
export function row(number: number, cells: readonly string[]): string {
  const content = cells.map((cell) => (cell.startsWith('<c ') || cell.startsWith('<c>') ? cell : cell === '' ? '<c/>' : `<c t="inlineStr"><is><t xml:space="preserve">${escapeXml(cell)}</t></is></c>`));
  return `<row r="${number}">${content.join('')}</row>`;
}

/** Cell formats 0 to 6: general, a date, a date with time, a time of day, a percentage, the same with a colour for negative ones, eight digits. */
export const STYLES = `${XML}<styleSheet><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/><numFmt numFmtId="165" formatCode="0.0%;[Red]-0.0%"/><numFmt numFmtId="166" formatCode="00000000"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>`
  + '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="21"/><xf numFmtId="9"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>';
