/**
 * `npm run bench:matching`: how well and how fast records of one person are found in a generated registry whose truth is
 * known. `--people 20000`, `--seed bench`; `--errors 2`: all errors and gaps twice as frequent; `--wrong` prints pairs that were linked and are not one person.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ratesTimes } from '../src/district/registry/rates.ts';
import { loadMatchModel } from '../src/identity/matching/index.ts';
import { judgeSpeed } from './matching/judge-speed.ts';
import { linkRegistry } from './matching/link-registry.ts';
import type { Quality } from './matching/quality.ts';

const { values } = parseArgs({ options: { people: { type: 'string', default: '20000' }, seed: { type: 'string', default: 'bench' }, errors: { type: 'string', default: '1' }, wrong: { type: 'boolean', default: false } } });
const folder = mkdtempSync(path.join(os.tmpdir(), 'bund-matching-'));
try {
  const model = await loadMatchModel(path.join(import.meta.dirname, '../profiles/identity/model.json'));
  const linking = linkRegistry({
    people: Number(values.people), seed: values.seed, rates: ratesTimes(Number(values.errors)), model, folder,
    ...(values.wrong ? { onWrong: (a: string, b: string) => console.log(`${a}\n${b}\n`) } : {}),
    onProgress: (records) => console.error(`${whole(records)} records, resident ${whole(process.memoryUsage.rss() / 2 ** 20)} MB`),
  });
  const { blocking } = linking;
  const speed = judgeSpeed(model);
  console.log([
    `${whole(Number(values.people))} people, ${whole(linking.records)} records, ${whole(linking.truePairs)} pairs of records are of one person.`,
    '',
    '| | links | wrong | precision | recall |', '| --- | ---: | ---: | ---: | ---: |',
    row('certain pairs (linked by themselves)', linking.certain), row('persons, by certain pairs that do not contradict', linking.clusters), row('certain and probable pairs (a human decides on the probable)', linking.certainAndProbable),
    '',
    `Blocking: ${percent(blocking.recall)} of the pairs of one person share a key; ${whole(linking.pairs)} pairs compared, ${(linking.pairs / linking.records).toFixed(1)} for each record, all others spared (${percent(blocking.reduction)}); ${whole(blocking.fullKeys)} times a key was left out because too many stand under it.`,
    `${whole(linking.records / linking.seconds)} records a second with reading, features, keys, comparison and clustering; resident at the most ${whole(process.resourceUsage().maxRSS / 1024)} MB. ${whole(linking.probable)} pairs for a human.`,
    `Judging alone: ${whole(speed.meeting)} pairs a second that share a key, ${whole(speed.strangers)} of strangers.`,
    `${os.cpus()[0]?.model ?? 'unknown'}, one core, Node ${process.version}.`,
  ].join('\n'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function row(what: string, { links, wrong, precision, recall }: Quality): string {
  return `| ${what} | ${whole(links)} | ${whole(wrong)} | ${precision.toFixed(5)} | ${recall.toFixed(4)} |`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.9999 ? 5 : 2)} %`;
}
