import type { Anchor, CatalogueRow, Circumstance, InstitutionLevel, ScopeLevel } from './catalogue-item.ts';
import type { OrderItem } from './facts.ts';
import type { Sentence } from './question.ts';

/** What the sentences call the things of the catalogue. */
export const CIRCUMSTANCE_WORDS: Readonly<Record<Circumstance, Sentence>> = {
  emergency: { zh: '急诊急救', en: 'an emergency' },
  'pre-operative': { zh: '手术前', en: 'preparation for an operation' },
  transfusion: { zh: '输血前', en: 'preparation for a transfusion' },
  'chest-pain': { zh: '胸痛', en: 'chest pain' },
  forensic: { zh: '司法鉴定', en: 'a forensic assessment' },
};

export const LEVEL_WORDS: Readonly<Record<InstitutionLevel, Sentence>> = {
  community: { zh: '社区卫生服务机构', en: 'a community health centre' },
  secondary: { zh: '二级医院', en: 'a secondary hospital' },
  tertiary: { zh: '三级医院', en: 'a tertiary hospital' },
};

export const SCOPE_WORDS: Readonly<Record<ScopeLevel, Sentence>> = {
  national: { zh: '全国', en: 'national' },
  province: { zh: '省级', en: 'province-wide' },
  city: { zh: '市级', en: 'city-wide' },
  district: { zh: '区级', en: 'district-wide' },
  consortium: { zh: '医联体', en: 'consortium-wide' },
};

export const ANCHOR_WORDS: Readonly<Record<Anchor, Sentence>> = {
  collected: { zh: '采集', en: 'Collected' },
  effective: { zh: '检查', en: 'Examined' },
  issued: { zh: '报告', en: 'Reported' },
};

/** The ordered item as a physician calls it. */
export function itemWords(row: CatalogueRow | undefined, order: OrderItem): Sentence {
  if (row !== undefined) return { zh: row.zh, en: row.en };
  return order.item === undefined ? { zh: '该项目', en: 'the order' } : { zh: order.item, en: order.item };
}

/** A fact as it is told; unknown ones are said to be. */
export function told(fact: string | undefined): Sentence {
  return fact === undefined ? { zh: '未注明', en: 'unknown' } : { zh: fact, en: fact };
}
