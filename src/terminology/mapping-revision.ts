import { revisionRecord } from '../revision.ts';

/** Changes with the approved mappings as a whole. */
export const MAPPING_REVISION = revisionRecord('MappingRevision');
