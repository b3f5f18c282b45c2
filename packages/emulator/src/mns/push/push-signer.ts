import { createSign, generateKeyPair, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const KEY_BITS = 2048;
const DAY_MS = 86_400_000;

/**
 * Signs pushes with a key pair of its own, and makes the certificate that receivers verify them with.
 *
 * The pair is made when first needed, beside the event loop, because that may take half a second; whoever signs before it
 * is there gets it at once. The private key never leaves.
 */
export class PushSigner {
  readonly #now: () => number;
  #keyPair: KeyPair | undefined;
  #preparing: Promise<void> | undefined;
  #certificate: Promise<string> | undefined;

  /** `now` gives milliseconds since 1970; the certificate is valid around it. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Makes the key pair; `undefined` once there is one. */
  prepared(): Promise<void> | undefined {
    if (this.#keyPair !== undefined) return undefined;
    this.#preparing ??= this.#prepare();
    return this.#preparing;
  }

  /** Base64 of the RSA PKCS#1 v1.5 signature with SHA-1 (spec mns §5.5). */
  readonly sign = (data: Uint8Array): string =>
    createSign('RSA-SHA1').update(data).sign(this.#keys().privateKey, 'base64');

  /** The X.509 certificate of the public key, in PEM; the same at each call. */
  certificate(): Promise<string> {
    this.#certificate ??= selfSigned(this.#keys(), this.#now());
    return this.#certificate;
  }

  async #prepare(): Promise<void> {
    const pair = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS });
    this.#keyPair ??= pair;
  }

  #keys(): KeyPair {
    this.#keyPair ??= generateKeyPairSync('rsa', { modulusLength: KEY_BITS });
    return this.#keyPair;
  }
}

/** Valid from the day before to ten years after; receivers ignore the dates (spec mns §5.5). */
async function selfSigned({ privateKey, publicKey }: KeyPair, nowMs: number): Promise<string> {
  // Loaded here, because few emulators ever push.
  const { default: forge } = await import('node-forge');
  const { md, pki } = forge;
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(nowMs - DAY_MS);
  certificate.validity.notAfter = new Date(nowMs + 3650 * DAY_MS);
  const name = [{ name: 'commonName', value: 'notify' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  const key = pki.privateKeyFromPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  certificate.sign(key, md.sha256.create());
  // One line feed per line, on every machine.
  return pki.certificateToPem(certificate).replaceAll('\r\n', '\n');
}
