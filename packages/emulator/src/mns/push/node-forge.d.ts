// node-forge ships no types. What is declared here is what we use of it, read from version 1.4.3.
declare module 'node-forge' {
  interface Certificate {
    publicKey: object;
    /** Hexadecimal digits. */
    serialNumber: string;
    readonly validity: { notBefore: Date; notAfter: Date };
    setSubject(attributes: readonly { readonly name: string; readonly value: string }[]): void;
    setIssuer(attributes: readonly { readonly name: string; readonly value: string }[]): void;
    sign(privateKey: object, digest: object): void;
  }

  const forge: {
    readonly md: { readonly sha256: { create(): object } };
    readonly pki: {
      createCertificate(): Certificate;
      publicKeyFromPem(pem: string): object;
      privateKeyFromPem(pem: string): object;
      certificateToPem(certificate: Certificate): string;
    };
  };
  export default forge;
}
