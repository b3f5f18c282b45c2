/** A point that the public facts leave open, and what the emulator does there; DIFFERENCES.md is printed from these. */
export interface OpenChoice {
  /** The part of the service it belongs to, for example `errors`. */
  readonly topic: string;
  /** What is not known. */
  readonly question: string;
  /** What the emulator does. */
  readonly choice: string;
  /** Where the gap is described, for example `spec mns §2.11`. */
  readonly source: string;
}
