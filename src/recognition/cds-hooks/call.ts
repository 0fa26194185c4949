/** Internal type of a token of a CDS client that was used: all gateways must know of it, for as long as it could be used again. */
export const CALL_TYPE = 'CdsCall';
