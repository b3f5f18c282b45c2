/** An element of an expected reply: its name, and its text or the elements inside. */
export type ExpectedElement = readonly [name: string, content: string | number | readonly ExpectedElement[]];

/** Stands in an expected text for a message id that is not known beforehand. */
export const ANY_MESSAGE_ID = '{{a message id}}';
/** Stands in an expected text for a receipt handle that is not known beforehand. */
export const ANY_HANDLE = '{{a receipt handle}}';
/** Stands in an expected text for a page marker, whose meaning is nobody's business. */
export const ANY_MARKER = '{{a marker}}';

const SHAPES: Readonly<Record<string, string>> = {
  [ANY_MESSAGE_ID]: '[0-9A-F]{32}',
  [ANY_HANDLE]: '[0-9A-F]{32}-[A-Za-z0-9]+={0,2}',
  [ANY_MARKER]: '[^<]+',
};

/** The text of a whole reply, written apart from the emulator's own writer (spec mns §1.6). */
export function expectedXml(root: ExpectedElement): string {
  const lines: string[] = ['<?xml version="1.0" ?>'];
  const write = ([name, content]: ExpectedElement, depth: number): void => {
    const indent = ' '.repeat(2 * depth);
    const start = depth === 0 ? `${name} xmlns="http://mns.aliyuncs.com/doc/v1"` : name;
    if (Array.isArray(content)) {
      lines.push(`${indent}<${start}>`);
      for (const child of content as readonly ExpectedElement[]) write(child, depth + 1);
      lines.push(`${indent}</${name}>`);
    } else {
      lines.push(`${indent}<${start}>${String(content)}</${name}>`);
    }
  };
  write(root, 0);
  return lines.join('\n');
}

/** Whether a text is the expected one, with anything of the right shape where the expected one leaves it open. */
export function isExpectedText(actual: string, expected: string): boolean {
  const pattern = Object.entries(SHAPES).reduce(
    (text, [token, shape]) => text.replaceAll(escapePattern(token), shape),
    escapePattern(expected),
  );
  return new RegExp(`^${pattern}$`).test(actual);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
