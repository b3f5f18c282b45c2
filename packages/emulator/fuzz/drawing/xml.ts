import type { Draw } from './draw.js';
import { mutatedBytes } from './hostile-values.js';

/** An element in the making. */
export interface Markup {
  readonly name: string;
  readonly inside: string | readonly Markup[];
  /** In how many more elements it stands. Default none. */
  readonly depth?: number;
}

/** An element with text or elements inside. */
export function markup(name: string, inside: Markup['inside']): Markup {
  return { name, inside };
}

/** The bytes of a document: as a client writes it, or changed in its structure, its spelling, its encoding or its bytes. */
export function xmlBytes(draw: Draw, root: Markup): Uint8Array {
  const changed = draw.once(8) ? mutated(draw, root) : root;
  const spelling = draw.once(8) ? oddSpelling(draw) : PLAIN;
  const text = (draw.once(3) ? '<?xml version="1.0" encoding="UTF-8"?>\n' : '') + write(changed, spelling);
  const dressed = draw.once(25) ? dress(draw, text) : text;
  const bytes = draw.once(60) ? encode(draw, dressed) : Buffer.from(dressed, 'utf8');
  return draw.once(20) ? mutatedBytes(draw, bytes) : bytes;
}

interface Spelling {
  readonly open: (name: string) => string;
  readonly close: (name: string) => string;
  readonly text: (text: string) => string;
  readonly between: string;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');

const PLAIN: Spelling = { open: (name) => `<${name}>`, close: (name) => `</${name}>`, text: escaped, between: '' };

function oddSpelling(draw: Draw): Spelling {
  const attribute = draw.one([
    '',
    '',
    ' a="b"',
    " a='<'",
    ' a=b',
    ' xmlns="http://mns.aliyuncs.com/doc/v1/"',
    ' x:y="z"',
    ' a="1" a="2"',
    ` ${'b'.repeat(500)}="c"`,
  ]);
  const prefix = draw.one(['', '', '', 'n:', ':']);
  return {
    open: (name) => `<${prefix}${name}${attribute}>`,
    close: (name) => draw.one([`</${prefix}${name}>`, `</${prefix}${name} >`, `</${prefix}${name}>`]),
    text: draw.one([
      escaped,
      (text) => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`,
      (text) => Array.from(text.slice(0, 2000), (one) => `&#x${one.codePointAt(0)?.toString(16)};`).join(''),
      (text) => `${escaped(text)}<!-- note -->`,
      (text) => text,
      (text) => `<?pi?>${escaped(text)}`,
    ]),
    between: draw.one(['', '\n', '\r\n  ', '\t', ' text ', '\u0085']),
  };
}

function write({ name, inside, depth = 0 }: Markup, spelling: Spelling): string {
  const { open, close, text, between } = spelling;
  const content =
    typeof inside === 'string'
      ? text(inside)
      : inside.map((child) => `${between}${write(child, spelling)}`).join('') + between;
  return `${'<d>'.repeat(depth)}${open(name)}${content}${close(name)}${'</d>'.repeat(depth)}`;
}

/** One change of structure: something left out, twice, elsewhere, renamed, or far too deep. */
function mutated(draw: Draw, root: Markup): Markup {
  const { inside } = root;
  if (typeof inside !== 'string' && inside.length > 0 && draw.integer(1, 3) > 1) {
    const at = draw.integer(0, inside.length - 1);
    return { ...root, inside: inside.map((child, index) => (index === at ? mutated(draw, child) : child)) };
  }
  switch (draw.integer(1, 9)) {
    case 1:
      return { ...root, name: draw.one(['x', root.name.toLowerCase(), `${root.name}s`, '', '1', 'a b', '__proto__']) };
    case 2:
      return { ...root, inside: '' };
    case 3:
      return { ...root, inside: [root] };
    case 4:
      return { ...root, inside: typeof inside === 'string' ? [markup('x', inside)] : [...inside, ...inside] };
    case 5:
      return { ...root, inside: typeof inside === 'string' ? inside.repeat(3) : inside.toReversed() };
    case 6:
      return { ...root, inside: typeof inside === 'string' ? 'x' : inside.slice(1) };
    case 7:
      return { ...root, depth: draw.one([14, 15, 16, 17, 100, 3000]) };
    case 8:
      return { ...root, inside: Array.from({ length: draw.one([17, 60, 400, 12_000]) }, () => markup('a', '1')) };
    default:
      return { ...root, inside: [markup('__proto__', 'x'), markup('constructor', 'y')] };
  }
}

const BOMB = `<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>`;

function dress(draw: Draw, text: string): string {
  return draw.one([
    `${BOMB}${text.replace('>', '>&c;')}`,
    `<!DOCTYPE a SYSTEM "file:///etc/passwd">${text}`,
    `<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:1/">]>${text.replace('>', '>&x;')}`,
    `<?xml version="1.1"?>${text}`,
    `<?xml version="1.0" encoding="gbk" standalone="no"?>${text}`,
    `\n<?xml version="1.0"?>${text}`,
    `<!-- -- -->${text}`,
    `${text}${text}`,
    `${text}trailing`,
    `${text}<!-- end -->\n`,
    text.slice(0, Math.floor(text.length / 2)),
    text.replaceAll('</', '<'),
    text.replaceAll('>', ''),
    '<',
    '<a',
    '</a>',
    '<>',
    '&',
    '\u0000',
    '{"json":true}',
  ]);
}

function encode(draw: Draw, text: string): Uint8Array {
  return draw.one([
    () => Buffer.from(`\uFEFF${text}`, 'utf8'),
    () => Buffer.from(`\uFEFF${text}`, 'utf16le'),
    () => Buffer.from(text, 'utf16le').swap16(),
    () => Buffer.from(text, 'latin1'),
    () => Buffer.from(Buffer.from(text).toString('base64')),
    () => Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.from(text)]),
  ])();
}
