/** A piece of code on one line, whatever its layout: blanks in a row count as one. */
export const oneLine = (text) => text.replaceAll(/\s+/g, ' ').trim();
