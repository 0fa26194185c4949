import { revisionRecord } from '../revision.ts';

/** Changes with the approved catalogue and the certificates as a whole. */
export const RECOGNITION_REVISION = revisionRecord('RecognitionRevision');
