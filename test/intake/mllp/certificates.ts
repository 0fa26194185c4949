import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';

/** A key and its X.509 certificate, both PEM: made anew for each run, so that no key is kept anywhere. */
export interface Identity { readonly name: string; readonly privateKey: KeyObject; readonly key: Buffer; readonly cert: Buffer; readonly fingerprint: string }

/** DER: tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const oid = (...bytes: readonly number[]): Buffer => der(0x06, Buffer.from(bytes));
const ECDSA_WITH_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const commonName = (name: string): Buffer => sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(name)))));
const basicConstraints = (isAuthority: boolean): Buffer => sequence(oid(0x55, 0x1d, 0x13), der(0x01, Buffer.of(0xff)), der(0x04, sequence(...(isAuthority ? [der(0x01, Buffer.of(0xff))] : []))));
const forLocalhost = sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.of(127, 0, 0, 1)))));

let serial = 0;

/** @param issuer the authority that signs; none for a certificate that signs itself */
export function issue(name: string, issuer?: Identity): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  serial += 1;
  const content = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), der(0x02, Buffer.of(serial)), ECDSA_WITH_SHA256,
    commonName(issuer?.name ?? name), sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z'))), commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }), der(0xa3, sequence(basicConstraints(issuer === undefined), forLocalhost)),
  );
  const signature = sign('sha256', content, issuer?.privateKey ?? privateKey);
  const certificate = new X509Certificate(sequence(content, ECDSA_WITH_SHA256, der(0x03, Buffer.of(0), signature)));
  return {
    name, privateKey, key: Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })), cert: Buffer.from(certificate.toString()),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}
