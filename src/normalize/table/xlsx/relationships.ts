import type { TableLimits } from '../limits.ts';
import type { ArchiveFile } from './archive.ts';
import { broken, readArchive, unpack } from './archive.ts';
import { walkXmlFile } from './walk-xml.ts';

/** A file of the workbook that another one names. */
interface Relationship { readonly id: string; readonly kind: string; readonly file: string }

/** What is needed to read a sheet, each still packed. */
export interface WorkbookFiles {
  readonly sheets: readonly { readonly name: string; readonly file: ArchiveFile }[];
  readonly is1904: boolean;
  readonly styles: ArchiveFile | undefined;
  readonly sharedTexts: ArchiveFile | undefined;
}

/** Finds the files of a workbook as Office Open XML (ECMA-376) links them. Links that lead out of the archive are not followed. */
export function findFiles(bytes: Buffer, limits: TableLimits): WorkbookFiles {
  const archive = readArchive(bytes, limits);
  const workbook = relationshipsOf(archive, '').find(({ kind }) => kind === 'officeDocument');
  const content = workbook === undefined ? undefined : archive.get(workbook.file);
  if (workbook === undefined || content === undefined) throw broken('it holds no workbook');
  const links = relationshipsOf(archive, workbook.file);
  const { sheets, is1904 } = readWorkbook(content);
  const linked = (kind: string): ArchiveFile | undefined => archive.get(links.find((link) => link.kind === kind)?.file ?? '');
  return {
    sheets: sheets.flatMap(({ name, link }) => {
      const target = links.find(({ id, kind }) => id === link && kind === 'worksheet');
      const file = archive.get(target?.file ?? '');
      return file === undefined ? [] : [{ name, file }];
    }),
    is1904,
    styles: linked('styles'),
    sharedTexts: linked('sharedStrings'),
  };
}

/** @param file whose relationships these are; '' for those of the archive */
function relationshipsOf(archive: ReadonlyMap<string, ArchiveFile>, file: string): Relationship[] {
  const slash = file.lastIndexOf('/') + 1;
  const folder = file.slice(0, slash);
  const content = archive.get(`${folder}_rels/${file.slice(slash)}.rels`);
  const found: Relationship[] = [];
  if (content === undefined) return found;
  walkXmlFile(unpack(content), {
    open: (name, { Id = '', Type = '', Target = '', TargetMode }) => {
      if (name !== 'Relationship' || TargetMode === 'External') return;
      found.push({ id: Id, kind: Type.slice(Type.lastIndexOf('/') + 1), file: Target.startsWith('/') ? Target.slice(1) : resolve(folder, Target) });
    },
    text: () => undefined,
    close: () => undefined,
  });
  return found;
}

function resolve(folder: string, target: string): string {
  const path: string[] = [];
  for (const step of (folder + target).split('/')) {
    if (step === '..') path.pop();
    else if (step !== '.' && step !== '') path.push(step);
  }
  return path.join('/');
}

function readWorkbook(content: ArchiveFile): { readonly sheets: readonly { readonly name: string; readonly link: string }[]; readonly is1904: boolean } {
  const sheets: { name: string; link: string }[] = [];
  let is1904 = false;
  walkXmlFile(unpack(content), {
    open: (name, attributes) => {
      if (name === 'workbookPr') is1904 = /^(1|true|on)$/.test(attributes['date1904'] ?? '');
      // The link has the prefix that this file gives to the namespace of relationships.
      const [, link = ''] = Object.entries(attributes).find(([attribute]) => attribute.endsWith(':id')) ?? [];
      if (name === 'sheet') sheets.push({ name: attributes['name'] ?? '', link });
    },
    text: () => undefined,
    close: () => undefined,
  });
  return { sheets, is1904 };
}
