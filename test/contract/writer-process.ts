/**
 * Opens a store in a process of its own and writes until it is told to stop or is killed: `module exported address writer commits`.
 * Each acknowledged commit is one line on stdout. Commit n puts two resources and a trace, all named after the writer and n.
 */
import { put, trace, optionsFor } from './samples.ts';
import type { Store, StoreOptions } from '../../src/store/store.ts';

const [module = '', exported = '', address = '', writer = '', commits = ''] = process.argv.slice(2);
const opened = (await import(module)) as Record<string, (address: string, options: StoreOptions) => Promise<Store>>;
const store = await opened[exported]!(address, optionsFor(writer));
process.stdout.write('open\n');

let next = 0;
const work = async () => {
  for (let n = next++; n < Number(commits); n = next++) {
    await store.commit([put('Patient', `${writer}-${n}-a`), put('Patient', `${writer}-${n}-b`, { token: [{ param: 'writer', system: '', code: writer }] }), trace(`${writer}-${n}-t`), put('Basic', 'shared', {}, `${writer} ${n}`)]);
    process.stdout.write(`${n}\n`);
  }
};
await Promise.all(Array.from({ length: 8 }, work));
await store.close();
