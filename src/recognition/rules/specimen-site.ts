import type { CatalogueRow, Examined } from './catalogue-item.ts';
import type { OrderItem, PriorResult } from './facts.ts';
import type { GateRule, Sentence } from './question.ts';
import { told } from './words.ts';

/** The same material, or the same part of the body in the same way. What the catalogue asks for comes first, then what the order names. */
export const specimenSiteGate: GateRule = ({ order, prior, row }) => {
  if (row?.kind === 'laboratory') return specimenFault(order, prior, row);
  const asked = row?.examined === undefined ? undefined : examinedFault(order, prior, row.examined);
  return asked ?? differing(order, prior);
};

function specimenFault(order: OrderItem, prior: PriorResult, { specimens, zh, en }: CatalogueRow): Sentence | undefined {
  const classes = specimens.join('/');
  if (order.specimen !== undefined && !specimens.includes(order.specimen)) {
    return { zh: `医嘱标本为 ${order.specimen}，${zh}互认标本为 ${classes}`, en: `The order asks for ${order.specimen}, ${en} is recognised from ${classes}` };
  }
  if (prior.specimen !== undefined && specimens.includes(prior.specimen)) return undefined;
  const specimen = told(prior.specimen);
  return { zh: `标本为 ${specimen.zh}，${zh}互认标本为 ${classes}`, en: `The specimen is ${specimen.en}, ${en} is recognised from ${classes}` };
}

function examinedFault(order: OrderItem, prior: PriorResult, examined: Examined): Sentence | undefined {
  if (prior.modality === undefined || machineOf(prior.modality) !== machineOf(examined.modality)) return unequal(['检查方式', 'modality'], prior.modality, examined.modality);
  if (prior.bodySite !== examined.bodySite) return unequal(['检查部位', 'body site'], prior.bodySite, examined.bodySite);
  if (examined.isLateral === true && (order.laterality === undefined || prior.laterality === undefined)) {
    const [ordered, done] = [told(order.laterality), told(prior.laterality)];
    return { zh: `须注明侧别：医嘱${ordered.zh}，该检查${done.zh}`, en: `The side must be named: of the order ${ordered.en}, of the examination ${done.en}` };
  }
  if (examined.contrast !== undefined && prior.contrast !== examined.contrast) return unequal(['增强方式', 'contrast'], prior.contrast, examined.contrast);
  return undefined;
}

function differing(order: OrderItem, prior: PriorResult): Sentence | undefined {
  const compared: readonly (readonly [names: readonly [string, string], ordered: string | undefined, done: string | undefined])[] = [
    [['标本', 'specimen'], order.specimen, prior.specimen],
    [['检查部位', 'body site'], order.bodySite, prior.bodySite],
    [['侧别', 'side'], order.laterality, prior.laterality],
    [['增强方式', 'contrast'], order.contrast, prior.contrast],
  ];
  const found = compared.find(([, ordered, done]) => ordered !== undefined && ordered !== done);
  return found === undefined ? undefined : unequal(found[0], found[2], found[1] ?? '');
}

function unequal([zh, en]: readonly [string, string], done: string | undefined, asked: string): Sentence {
  const fact = told(done);
  return { zh: `${zh}不符：该结果为 ${fact.zh}，要求 ${asked}`, en: `The ${en} differs: ${fact.en} of the result, ${asked} asked for` };
}

/** Digital and computed radiography show the same. */
function machineOf(modality: string): string {
  return modality === 'CR' ? 'DX' : modality;
}
