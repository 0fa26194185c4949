/** A reminder as the standard calls it. */
export interface Reminder {
  readonly kind: '重复检验' | '重复检查';
  readonly order: string;
  readonly item: string;
  readonly name: string;
  readonly isRecognised: boolean;
  readonly sentence: string;
  /** `DiagnosticReport/…` of this exchange. */
  readonly report: string;
  readonly institution: string;
  readonly at: string | undefined;
  readonly until: string | undefined;
  readonly mark: string | undefined;
  readonly decision: string | undefined;
  readonly results: readonly { readonly item: string; readonly value: string; readonly flag: string | undefined }[];
}

/** Data elements of WS 363 whose meaning an element has. */
const DATA_ELEMENTS: Readonly<Record<string, string>> = { 项目代码: 'DE04.30.019.00', 检验结果: 'DE04.30.015.00', 结果代码: 'DE04.30.017.00', 采样时间: 'DE04.50.137.00' };

/** `GetRemindResponse`, in UTF-8. Pure. */
export function renderReminders(reminders: readonly Reminder[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<GetRemindResponse><处理结果>成功</处理结果><提醒列表>${reminders.map(renderOne).join('')}</提醒列表></GetRemindResponse>`;
}

function renderOne({ kind, order, item, name, isRecognised, sentence, report, institution, at, until, mark, decision, results }: Reminder): string {
  const parts = [
    element('提醒类型', kind), element('申请单编号', order), element('项目代码', item), element('项目名称', name), element('是否可互认', isRecognised ? '是' : '否'),
    element('提醒内容', sentence), element('报告标识', report), element('报告机构', institution),
    element(kind === '重复检验' ? '采样时间' : '检查时间', at), element('互认截止时间', until), element('互认标识', mark), element('提醒标识', decision),
    ...results.map((result) => `<结果>${element('项目代码', result.item)}${element('检验结果', result.value)}${element('结果代码', result.flag)}</结果>`),
  ];
  return `<提醒>${parts.join('')}</提醒>`;
}

function element(name: string, text: string | undefined): string {
  if (text === undefined || text === '') return '';
  const dataElement = DATA_ELEMENTS[name];
  return `<${name}${dataElement === undefined ? '' : ` 数据元="${dataElement}"`}>${escaped(text)}</${name}>`;
}

/** Also without what XML cannot hold in any form. */
function escaped(text: string): string {
  const legal = text.toWellFormed().replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '');
  return legal.replace(/[&<>"]/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[mark] ?? mark);
}
