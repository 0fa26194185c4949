/** `npm run demo`: starts the exchange, pushes a synthetic district through it, and shows what each role gets. */
import { once } from 'node:events';
import { hostname } from 'node:os';
import { ConfigError, readConfig } from '../config.ts';
import { countMessages } from '../district/message.ts';
import { DISTRICT_END, type DistrictOptions, residentAt } from '../district/residents.ts';
import { isServiceError } from '../errors.ts';
import { EX_CONFIG, EX_USAGE } from '../exit-codes.ts';
import { type Gateway, serve } from '../serve.ts';
import type { Services } from '../services.ts';
import { readArguments, UsageError, wholeNumber } from './arguments.ts';
import { createClient, UnexpectedAnswer } from './demo/client.ts';
import { issueTokens } from './demo/people.ts';
import { pushDistrict } from './demo/push-district.ts';
import { showBreakGlass } from './demo/show-break-glass.ts';
import { showCommands } from './demo/show-commands.ts';
import { showMapping } from './demo/show-mapping.ts';
import { showProof } from './demo/show-proof.ts';
import { showRecognition } from './demo/show-recognition.ts';
import { showRefusal } from './demo/show-refusal.ts';
import { type Shown, showResults } from './demo/show-results.ts';
import { showSenders, showSummary } from './demo/show-summary.ts';
import { showTrace } from './demo/show-trace.ts';
import type { Stage } from './demo/stage.ts';
import { startProgress } from './progress.ts';

const USAGE = `Usage: npm run demo [-- options]

  --residents N  people in the synthetic district, 10 to 100000 (default: 120)
  --seed S       any text; the same text gives the same district (default: 1)
  --exit         end after the printing instead of serving on

Settings are those of npm start: BUND_PORT (8080), BUND_STORE (sqlite:./data/bund.db) and so on.`;

/** The clinician of the demonstration works at this source's hospital. */
const HOME = 'hospital-a';

interface Wanted { readonly district: DistrictOptions; readonly exit: boolean }

function wanted(): Wanted {
  const given = readArguments({ residents: { type: 'string', default: '120' }, seed: { type: 'string', default: '1' }, exit: { type: 'boolean', default: false } });
  const residents = wholeNumber('--residents', given.residents, { min: 10, max: 100_000 });
  return { district: { residents, seed: given.seed, until: DISTRICT_END }, exit: given.exit };
}

async function main(): Promise<void> {
  const { district, exit } = wanted();
  // Only warnings are logged, so that the story can be read; heads are signed often, so that the proof shows fresh ones.
  const config = readConfig({ BUND_LOG: 'warn', BUND_AUDIT_SIGN_MS: '2000', BUND_MLLP_PORT: '0', ...process.env });
  const interruption = interruptedBySignals();
  const gateway = await serve(config, `${hostname()}-demo`);
  try {
    const stage = stageOf(gateway, district, interruption.signal);
    const shown = await play(stage);
    if (exit || interruption.signal.aborted) return;
    showCommands(stage, shown);
    await once(interruption.signal, 'abort');
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
  } finally {
    await gateway.stop();
  }
}

/** The scenes in their order. */
async function play(stage: Stage): Promise<Shown> {
  showSenders(stage);
  const pushed = await pushDistrict(stage, startProgress('Pushing messages', countMessages(stage.district)));
  await showSummary(stage, pushed);
  const shown = await showResults(stage);
  await showTrace(stage, shown);
  await showRecognition(stage, shown);
  await showBreakGlass(stage);
  await showRefusal(stage);
  await showMapping(stage);
  await showProof(stage);
  return shown;
}

function stageOf({ url, mllpPort = 0, services }: Gateway, district: DistrictOptions, signal: AbortSignal): Stage {
  const tokens = issueTokens(services, services.sources.values(), facilityOf(services));
  const client = (token: string): ReturnType<typeof createClient> => createClient(url, token, signal);
  return {
    url, mllpPort, signal, services, district, tokens, home: HOME,
    resident: residentAt(0, district),
    clinician: client(tokens.clinician), auditor: client(tokens.auditor), operator: client(tokens.operator), approver: client(tokens.approver), system: client(tokens.system),
    senders: new Map([...tokens.sources].map(([source, token]) => [source, client(token)])),
  };
}

function facilityOf({ sources }: Services): string {
  const home = sources.get(HOME);
  if (home === undefined) throw new UnexpectedAnswer(`profiles/sources has no ${HOME}.json`);
  return home.organization.id;
}

/** Aborts at Ctrl-C and SIGTERM; a second Ctrl-C ends the process as usual. */
function interruptedBySignals(): AbortController {
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  process.once('SIGTERM', () => interruption.abort());
  return interruption;
}

/** What a user can mend is told in one line, with the exit code of its kind; the rest is a bug. */
function fail(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
  else if (error instanceof ConfigError || error instanceof UnexpectedAnswer || isServiceError(error) || typeof code === 'string') console.error(error instanceof Error ? error.message : '');
  else throw error;
  process.exitCode = error instanceof UsageError ? EX_USAGE : error instanceof ConfigError ? EX_CONFIG : 1;
}

main().catch(fail);
