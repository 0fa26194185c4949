import Table from 'cli-table3';
import type { AuditReport } from '../audit/index.ts';

/** Prints what the proof of the trace found: each chain with its head, the signatures, and every fault. */
export function printAuditReport({ chains, signatures, unsigned, found, intact }: AuditReport): void {
  const table = new Table({ head: ['chain', 'events', 'first', 'last', 'head', ''], style: { head: [], border: [] }, colAligns: ['left', 'right'] });
  for (const { state, fault } of chains) {
    table.push([state.writer, state.seq, state.first ?? '', state.last ?? '', `${state.hash.slice(0, 16)}…`, fault === undefined ? 'OK' : 'FAULT']);
  }
  console.log(table.toString());
  console.log(`Signature lines: ${signatures.lines}, the last of ${signatures.last ?? 'never'}; events after it: ${unsigned}`);
  const faults = [
    ...chains.flatMap(({ fault }) => (fault === undefined ? [] : [`chain ${fault.writer}, event ${fault.seq}${fault.id === undefined ? '' : `, AuditEvent/${fault.id}`}: ${fault.what}`])),
    ...(signatures.fault === undefined ? [] : [`signatures, line ${signatures.fault.line}: ${signatures.fault.what}`]),
    ...(found === undefined ? [] : [found]),
  ];
  for (const fault of faults) console.log(`FAULT ${fault}`);
  const events = chains.reduce((sum, { state }) => sum + state.seq, 0);
  console.log(intact ? `Intact. Events: ${events}, chains: ${chains.length}` : 'NOT INTACT');
}
