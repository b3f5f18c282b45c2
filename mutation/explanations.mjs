// The mutants that survive, and why each may. A run fails when one is missing here, and when one here does not survive.

/**
 * Each entry: the file, the line of code as it stands (blanks in a row count as one), what mutants make of a part of it,
 * and why no test catches them.
 */
export const EXPLANATIONS = [];
