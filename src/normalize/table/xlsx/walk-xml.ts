import { TextDecoder } from 'node:util';
import { SaxesParser } from 'saxes';
import { broken } from './archive.ts';

/** What is told of an XML file while it is read; names come without their prefix. */
export interface XmlListener {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text(text: string): void;
  close(name: string): void;
}

export interface XmlWalk {
  /** @throws UnreadableMessage for what is no XML */
  write(text: string): void;
  end(): void;
}

/** No part of a workbook that is read nests deeper. */
const DEEPEST = 64;

/** Reads XML piece by piece. A document type is refused: no workbook has one, and only there entities can be declared. */
export function walkXml(listener: XmlListener): XmlWalk {
  const parser = new SaxesParser({ xmlns: false, position: false });
  let depth = 0;
  parser.on('error', (error) => { throw broken('one of its files is no XML', error); });
  parser.on('doctype', () => { throw broken('one of its files declares a document type'); });
  parser.on('opentag', ({ name, attributes }) => {
    if (++depth > DEEPEST) throw broken('one of its files is nested too deep');
    listener.open(localName(name), attributes);
  });
  parser.on('text', (text) => listener.text(text));
  parser.on('cdata', (text) => listener.text(text));
  parser.on('closetag', ({ name }) => {
    depth--;
    listener.close(localName(name));
  });
  return { write: (text) => void parser.write(text), end: () => void parser.close() };
}

const PIECE = 65_536;

/** Reads an XML file, UTF-8 or UTF-16: whole, or until enough is known. @throws UnreadableMessage */
export function walkXmlFile(content: Buffer, listener: XmlListener, isEnough: () => boolean = () => false): void {
  const walk = walkXml(listener);
  const decoder = xmlDecoder(content);
  try {
    for (let at = 0; at < content.length; at += PIECE) {
      walk.write(decoder.decode(content.subarray(at, at + PIECE), { stream: true }));
      if (isEnough()) return;
    }
    walk.write(decoder.decode());
  } catch (error) {
    throw error instanceof TypeError ? broken('one of its files is not of its encoding', error) : error;
  }
  walk.end();
}

/** Workbooks are UTF-8 or UTF-16. @param start the first bytes of the file */
export function xmlDecoder(start: Uint8Array): TextDecoder {
  const encoding = start[0] === 0xff && start[1] === 0xfe ? 'utf-16le' : start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding, { fatal: true });
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
