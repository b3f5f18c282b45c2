import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { readPlainXml } from './plain-xml.js';
import { readAnyXml } from './xml-reader.js';

const LIMITS = { maxLength: 10_000, maxDepth: 4, maxNodes: 40 };
const plain = (xml: string): unknown => readPlainXml(xml, LIMITS);

/** What the full reader makes of a document; a refusal counts as `undefined`. */
const full = (xml: string): unknown => {
  try {
    return readAnyXml(xml, LIMITS);
  } catch {
    return undefined;
  }
};

describe('readPlainXml', () => {
  it.each([
    ['a message', '<Message><MessageBody>hello</MessageBody><Priority>8</Priority></Message>'],
    ['a declaration and a name space', '<?xml version="1.0" encoding="UTF-8"?>\n<Queue xmlns="urn:x"><A>1</A></Queue>'],
    ['a declaration as one SDK writes it', '<?xml version="1.0" encoding="utf-8" ?><a></a>'],
    ['a declaration without an encoding', '<?xml version="1.0"?><a>x</a>'],
    ['blanks between elements and after the root', '<a>\n\t<b> x </b>\n</a> \n'],
    ['text of other scripts, quotes and a bare bracket', '<a>中文 "é" \u0085 a > b</a>'],
  ])('reads %s as the full reader does', (_, xml) => {
    expect(plain(xml)).toBeDefined();
    expect(plain(xml)).toEqual(full(xml));
  });

  it.each([
    ['a reference', '<a>&amp;</a>'],
    ['CDATA', '<a><![CDATA[x]]></a>'],
    ['a comment', '<a><!-- x --></a>'],
    ['a processing instruction', '<a><?x y?></a>'],
    ['a document type', '<!DOCTYPE a><a></a>'],
    ['another version', '<?xml version="1.1"?><a></a>'],
    ['another encoding', '<?xml version="1.0" encoding="gbk"?><a></a>'],
    ['a carriage return', '<a>x\r\ny</a>'],
    ['a character outside the basic plane', '<a>😀</a>'],
    ['half a character', '<a>\uD83D</a>'],
    ['a character that XML cannot carry', '<a>\u0001</a>'],
    ['the end of a section that never began', '<a>]]></a>'],
    ['a self-closed element', '<a/>'],
    ['another attribute', '<a b="c"></a>'],
    ['two attributes', '<a xmlns="u" xmlns:b="v"></a>'],
    ['a bracket inside an attribute', '<a xmlns="x>y"></a>'],
    ['a prefix', '<n:a></n:a>'],
    ['a blank before the end of a tag', '<a ></a >'],
    ['crossed tags', '<a><b></a></b>'],
    ['an end without a beginning', '</a>'],
    ['a cut-off document', '<a><b>x</b>'],
    ['a cut-off tag', '<a>x</a'],
    ['two roots', '<a></a><a></a>'],
    ['text after the root', '<a></a>x'],
    ['a blank after the root that is none of XML’s', '<a></a>\u00A0'],
    ['text before the root', 'x<a></a>'],
    ['a byte order mark', '\uFEFF<a></a>'],
    ['a digit in front of a name', '<1></1>'],
    ['an element without a name', '<></>'],
    ['nothing', ''],
  ])('leaves %s to the full reader', (_, xml) => {
    expect(plain(xml)).toBeUndefined();
  });

  it.each([
    ['a document as long as allowed', { maxLength: 14 }, true],
    ['a longer one', { maxLength: 13 }, false],
    ['elements as deep as allowed', { maxDepth: 2 }, true],
    ['deeper ones', { maxDepth: 1 }, false],
    ['as many elements as allowed', { maxNodes: 2 }, true],
    ['one more', { maxNodes: 1 }, false],
  ])('takes limits as the full reader does: %s', (_, limits, isRead) => {
    const xml = '<a><b></b></a>';
    expect(readPlainXml(xml, { ...LIMITS, ...limits }) !== undefined).toBe(isRead);
  });

  it('counts a name space as an attribute', () => {
    const xml = '<a xmlns="u"></a>';
    expect(readPlainXml(xml, { ...LIMITS, maxNodes: 2 })).toBeDefined();
    expect(readPlainXml(xml, { ...LIMITS, maxNodes: 1 })).toBeUndefined();
  });

  const tags = [
    '<a>',
    '</a>',
    '<b>',
    '</b>',
    '<a xmlns="u">',
    '<a xmlns="">',
    "<a xmlns='u'>",
    '<a/>',
    '<a >',
    '</a >',
    '<:a>',
  ];
  const texts = [
    'x',
    ' ',
    '\n',
    '\t',
    '\r',
    '>',
    ']]>',
    ']]',
    '"',
    '&',
    '&lt;',
    '&#13;',
    '\u00A0',
    '\u0085',
    '\uFFFE',
    '\uFEFF',
    '😀',
  ];
  const others = [
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="utf-8"?>',
    '<?xml?>',
    '<!--c-->',
    '<![CDATA[x]]>',
  ];
  const pieces = fc.constantFrom(...tags, ...texts, ...others);
  const soup = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
  const wrapped = fc
    .tuple(fc.constantFrom('', '<?xml version="1.0"?>\n'), soup)
    .map(([head, text]) => `${head}<a>${text}</a>`);
  const anyText = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => `<a>${text}</a>`);

  prop.prop([fc.oneof(soup, wrapped, anyText)], { numRuns: 3000 })(
    'reads nothing that the full reader reads differently, or refuses',
    (xml) => {
      const read = plain(xml);
      if (read !== undefined) expect(read).toEqual(full(xml));
    },
  );

  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/);
  const text = fc.string({
    unit: fc.constantFrom('x', ' ', '\n', '中', 'é', '"', "'", '=', '/', '?', '!'),
    maxLength: 20,
  });
  const { tree } = fc.letrec<{ tree: string; leaf: string }>((tie) => ({
    leaf: fc.tuple(name, text).map(([tag, inside]) => `<${tag}>${inside}</${tag}>`),
    tree: fc.oneof(
      { maxDepth: 2 },
      tie('leaf'),
      fc
        .tuple(name, fc.array(tie('tree'), { maxLength: 3 }))
        .map(([tag, inside]) => `<${tag}>${inside.join('\n')}</${tag}>`),
    ),
  }));

  prop.prop([tree])('reads every document of elements and harmless text, and reads it right', (xml) => {
    const read = plain(xml);
    expect(read).toEqual(full(xml));
    expect(read === undefined).toBe(full(xml) === undefined);
  });
});
