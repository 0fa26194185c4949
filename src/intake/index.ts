/** From what a source sends to what is stored: channels, inbox, pipeline, dead letters, sources. */
export { loadSources, requireKnownProfiles, type Sources } from './load-sources.ts';
export { internalTerms } from './internal-terms.ts';
export { moveBeside } from './move-beside.ts';
export { registerSources } from './register-sources.ts';
export type { Source } from './source.ts';
export { SourceError } from './parse-description.ts';
export { startHousekeeping } from './start-housekeeping.ts';
export { startDeliveries } from './start-deliveries.ts';
export { type MllpChannel, startMllpChannel } from './start-mllp.ts';
export { figuresOfSources } from './watch/source-figures.ts';
export { startResuming } from './start-resuming.ts';
