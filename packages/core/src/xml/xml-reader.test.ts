import { fc, it as prop } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { childText, readXml, type XmlElement } from './xml-reader.js';

const refusal = (text: string, limits?: Parameters<typeof readXml>[1]): unknown => {
  try {
    return readXml(text, limits);
  } catch (error) {
    return error;
  }
};

describe('readXml', () => {
  it('reads elements, text and nesting', () => {
    const root = readXml('<?xml version="1.0"?><Queue xmlns="urn:x"><A>1</A><B><C>2</C></B></Queue>');
    expect(root.name).toBe('Queue');
    expect(childText(root, 'A')).toBe('1');
    expect(root.children[1]?.children[0]).toEqual({ name: 'C', children: [], text: '2' });
    expect(childText(root, 'Missing')).toBeUndefined();
  });

  it.each([
    ['an entity of XML', '<a>&lt;&amp;&gt;&quot;&apos;</a>', '<&>"\''],
    ['a numeric reference', '<a>&#34;&#x4E2D;&#13;</a>', '"中\r'],
    ['CDATA', '<a>x<![CDATA[<&]]>y</a>', 'x<&y'],
    ['a comment, which says nothing', '<a>x<!-- c -->y</a>', 'xy'],
    ['white space, kept', '<a> \n x </a>', ' \n x '],
    ['a prefix, dropped', '<n:a xmlns:n="u">x</n:a>', 'x'],
    ['a self-closed root', '<a/>', ''],
    ['a byte order mark', '\uFEFF<a>x</a>', 'x'],
  ])('reads %s', (_, xml, text) => {
    expect(readXml(xml)).toMatchObject({ name: 'a', text });
  });

  it.each([
    ['nothing', ''],
    ['plain text', 'hello'],
    ['a cut-off document', '<a><b>x</b>'],
    ['crossed tags', '<a><b></a></b>'],
    ['two roots', '<a/><b/>'],
    ['an unknown entity', '<a>&nbsp;</a>'],
    ['a bare ampersand', '<a>R&D</a>'],
    ['a character that XML forbids', '<a>\u0001</a>'],
    ['a reference to one', '<a>&#0;</a>'],
    ['XML 1.1', '<?xml version="1.1"?><a>x</a>'],
    ['a control character in XML 1.1', '<?xml version="1.1"?><a>&#1;</a>'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'],
    ['growing entities', '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'],
    ['a repeated attribute', '<a b="1" b="2"/>'],
  ])('refuses %s', (_, xml) => {
    expect(refusal(xml)).toMatchObject({ code: 'XML_MALFORMED', retryable: false });
  });

  it('says where the fault is', () => {
    expect(refusal('<a>\n<b></a>')).toMatchObject({ message: expect.stringContaining('2:') });
  });

  it.each([
    ['length', '<a>123456789</a>', { maxLength: 15 }],
    ['depth', '<a><b><c/></b></a>', { maxDepth: 2 }],
    ['elements', '<a><b/><b/><b/></a>', { maxNodes: 3 }],
    ['attributes', '<a b="1" c="2" d="3"/>', { maxNodes: 3 }],
  ])('refuses more than the allowed %s', (_, xml, limits) => {
    expect(refusal(xml, limits)).toMatchObject({ code: 'XML_MALFORMED' });
  });

  it('stops early on deep nesting', () => {
    expect(refusal('<a>'.repeat(200_000))).toMatchObject({
      code: 'XML_MALFORMED',
      message: expect.stringContaining('16 levels'),
    });
  });

  const escape = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
  const xmlText = fc
    .string({ unit: 'binary' })
    .filter((text) => text.isWellFormed() && /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u.test(text));

  prop.prop([xmlText])('gives back any text that XML can carry', (text) => {
    expect(readXml(`<a>${escape(text)}</a>`).text).toBe(text);
  });

  prop.prop([fc.string({ unit: 'binary' })])('refuses or reads any text, and throws nothing else', (text) => {
    const outcome = refusal(text);
    if (!(outcome instanceof Error)) expect((outcome as XmlElement).name).not.toBe('');
    else expect(outcome).toMatchObject({ code: 'XML_MALFORMED' });
  });
});
