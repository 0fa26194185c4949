import { UnreadableMessage } from '../../message.ts';
import type { TableLimits } from '../limits.ts';
import type { ArchiveFile } from './archive.ts';
import { unpack } from './archive.ts';
import { walkXmlFile } from './walk-xml.ts';

/** The texts that cells of a workbook share, by their numbers. @throws UnreadableMessage 'limit' */
export function readSharedTexts(file: ArchiveFile | undefined, { sharedTexts, sharedTextLength }: TableLimits): readonly string[] {
  if (file === undefined) return [];
  const texts: string[] = [];
  const collector = textCollector();
  let length = 0;
  walkXmlFile(unpack(file), {
    open: (name) => {
      if (name === 'si') collector.start();
      else collector.open(name);
    },
    text: (text) => {
      length += text.length;
      if (length > sharedTextLength) throw new UnreadableMessage('limit', `The shared texts of the workbook are longer than ${sharedTextLength} characters`);
      collector.text(text);
    },
    close: (name) => {
      if (name !== 'si') return collector.close(name);
      if (texts.length >= sharedTexts) throw new UnreadableMessage('limit', `The workbook has more than ${sharedTexts} shared texts`);
      texts.push(collector.end());
    },
  });
  return texts;
}

/** Collects a text that may be in runs of several fonts; how Chinese characters are read aloud (`rPh`) is no part of it. */
export interface TextCollector {
  start(): void;
  open(name: string): void;
  text(text: string): void;
  close(name: string): void;
  end(): string;
}

export function textCollector(): TextCollector {
  let content = '';
  let isText = false;
  let isPhonetic = false;
  return {
    start: () => {
      content = '';
      isText = false;
      isPhonetic = false;
    },
    open: (name) => {
      if (name === 'rPh') isPhonetic = true;
      else if (name === 't') isText = !isPhonetic;
    },
    text: (text) => {
      if (isText) content += text;
    },
    close: (name) => {
      if (name === 'rPh') isPhonetic = false;
      else if (name === 't') isText = false;
    },
    end: () => withoutEscapes(content),
  };
}

/** Excel writes control characters as `_x000D_`, and what looks like one of these as `_x005F_x000D_`. */
export function withoutEscapes(text: string): string {
  return text.includes('_x') ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_escape, code: string) => String.fromCharCode(Number.parseInt(code, 16))) : text;
}
