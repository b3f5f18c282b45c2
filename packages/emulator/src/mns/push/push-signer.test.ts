import { X509Certificate, createVerify } from 'node:crypto';
import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { PushSigner } from './push-signer.js';

const NOW_MS = 1_767_225_600_000;
const signer = new PushSigner(() => NOW_MS);

describe('PushSigner', () => {
  it('makes one self-signed certificate of an RSA key of 2048 bits', async () => {
    const pem = await signer.certificate();
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----\n[\w+/=\n]+\n-----END CERTIFICATE-----\n$/);
    const certificate = new X509Certificate(pem);
    expect(certificate.subject).toBe('CN=notify');
    expect(certificate.issuer).toBe('CN=notify');
    expect(certificate.publicKey.asymmetricKeyType).toBe('rsa');
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(await signer.certificate()).toBe(pem);
  });

  it('makes a certificate that is valid now, by the clock it is given', async () => {
    const certificate = new X509Certificate(await signer.certificate());
    expect(Date.parse(certificate.validFrom)).toBe(NOW_MS - 86_400_000);
    expect(Date.parse(certificate.validTo)).toBe(NOW_MS + 3650 * 86_400_000);
  });

  prop.prop([fc.uint8Array(), fc.nat()])(
    'signs what the certificate verifies, and nothing else',
    async (data, seed) => {
      const { publicKey } = new X509Certificate(await signer.certificate());
      const signature = signer.sign(data);
      const verifies = (bytes: Uint8Array): boolean =>
        createVerify('RSA-SHA1').update(bytes).verify(publicKey, signature, 'base64');
      expect(verifies(data)).toBe(true);
      const other = Uint8Array.from([...data, seed % 256]);
      expect(verifies(other)).toBe(false);
      expect(signer.sign(data)).toBe(signature);
    },
  );

  it('has a key of its own in each emulator', async () => {
    const other = new PushSigner(() => NOW_MS);
    expect(await other.certificate()).not.toBe(await signer.certificate());
  });

  it('keeps its private key to itself', async () => {
    expect(JSON.stringify(signer)).toBe('{}');
    expect(await signer.certificate()).not.toContain('PRIVATE');
  });
});
