// node-forge ships no types. What is declared here is what we use of it, read from version 1.4.3.
declare module 'node-forge' {
  type Names = readonly { readonly name: string; readonly value: string }[];

  interface Certificate {
    publicKey: object;
    /** Hexadecimal digits. */
    serialNumber: string;
    readonly validity: { notBefore: Date; notAfter: Date };
    readonly subject: { readonly attributes: Names };
    setSubject(attributes: Names): void;
    setIssuer(attributes: Names): void;
    /** Known ones by `name`, any other by `id` with a `value` of ASN.1. */
    setExtensions(extensions: readonly object[]): void;
    generateSubjectKeyIdentifier(): { getBytes(): string };
    sign(privateKey: object, digest: object): void;
  }

  const forge: {
    readonly asn1: {
      readonly Class: { readonly UNIVERSAL: number; readonly CONTEXT_SPECIFIC: number };
      readonly Type: { readonly SEQUENCE: number };
      create(tagClass: number, type: number, constructed: boolean, value: string | readonly object[]): object;
    };
    readonly md: { readonly sha256: { create(): object } };
    readonly pki: {
      createCertificate(): Certificate;
      certificateFromPem(pem: string): Certificate;
      publicKeyFromPem(pem: string): object;
      privateKeyFromPem(pem: string): object;
      certificateToPem(certificate: Certificate): string;
    };
  };
  export default forge;
}
