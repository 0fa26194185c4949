import { BlockList, isIPv6 } from 'node:net';
import type { Segment } from '../../normalize/index.ts';
import type { Sources } from '../load-sources.ts';
import type { Source } from '../source.ts';

/** Who is at the other end of a connection. */
export interface V2Peer {
  readonly address: string;
  /** SHA-256 of its certificate, hex, if it showed one that was checked. */
  readonly certificate: string | undefined;
  readonly name: string | undefined;
}

/** The source whose description names the sending application and facility of a message (MSH-3, MSH-4). */
export function sourceOfHeader(sources: Sources, header: Segment): Source | undefined {
  const application = header.text(3);
  const facility = header.text(4);
  const claims = ({ hl7v2 }: Source, named: string): boolean => hl7v2?.senders.some((sender) => sender.application === application && sender.facility === named) === true;
  const all = [...sources.values()];
  return all.find((source) => claims(source, facility)) ?? all.find((source) => claims(source, ''));
}

/**
 * Whether a peer may speak for a source: by its certificate where the description names some, else by its address. HL7 v2
 * has no login of its own.
 */
export function mayPeerSpeakFor({ hl7v2 }: Source, peer: V2Peer): boolean {
  if (hl7v2 === undefined) return false;
  if (hl7v2.certificates.length > 0) return peer.certificate !== undefined && hl7v2.certificates.includes(peer.certificate);
  const address = peer.address.replace(/^::ffff:(?=\d+\.)/, '');
  return listOf(hl7v2.networks).check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

const lists = new WeakMap<readonly string[], BlockList>();

/** The networks of a description, which does not change while the gateway runs. */
function listOf(networks: readonly string[]): BlockList {
  const known = lists.get(networks);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  lists.set(networks, list);
  return list;
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', bits] = network.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
}
