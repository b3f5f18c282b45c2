import { readXml, type XmlElement } from '@mnsbus/core/internal';
import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { isXmlText } from '../../runtime/xml-text.js';
import { writeXml } from './xml-writer.js';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

describe('a reply in XML', () => {
  it.each([
    [{ A: 'x', B: 1, C: true }, '<R><A>x</A><B>1</B><C>true</C></R>'],
    [{ A: '' }, '<R><A></A></R>'],
    [{ FailDetail: { Code: 'NoError' } }, '<R><FailDetail><Code>NoError</Code></FailDetail></R>'],
    [{ Tasks: [{ Id: 'a' }, { Id: 'b' }] }, '<R><Tasks><Task><Id>a</Id></Task><Task><Id>b</Id></Task></Tasks></R>'],
    [{ Tasks: [] }, '<R><Tasks></Tasks></R>'],
    [{ s: ['a', 'b'], as: ['c'] }, '<R><s>a</s><s>b</s><as><a>c</a></as></R>'],
    [{ APIs: ['x', 'y'] }, '<R><APIs><API>x</API><API>y</API></APIs></R>'],
    [{ A: undefined, B: 1, C: null }, '<R><B>1</B></R>'],
    [
      { Regions: { Region: [{ Id: 'a' }, { Id: 'b' }] } },
      '<R><Regions><Region><Id>a</Id></Region><Region><Id>b</Id></Region></Regions></R>',
    ],
    [{ Tags: { 'a b': '<x>', c: 'd' } }, '<R><Tags>{"a b":"&lt;x&gt;","c":"d"}</Tags></R>'],
    [{ Tags: { '': '' } }, '<R><Tags>{"":""}</Tags></R>'],
    [{ A: 'x\u0000y\uFFFE' }, '<R><A>x\\u0000y\\ufffe</A></R>'],
    [{ A: '<&>"\' \t\n\r' }, '<R><A>&lt;&amp;&gt;"\' \t\n&#13;</A></R>'],
  ])('of %j is %s', (value, xml) => {
    expect(writeXml('R', value)).toBe(`${DECLARATION}${xml}`);
  });

  const text = fc.string({ unit: 'binary' }).filter(isXmlText);
  it.prop([fc.dictionary(fc.stringMatching(/^[A-Z][A-Za-z]{0,8}$/), text)])('is read back unchanged', (members) => {
    const root = readXml(writeXml('Reply', members));
    const read = root.children.map(({ name, text: value }: XmlElement) => [name, value]);
    expect([root.name, read]).toEqual(['Reply', Object.entries(members)]);
  });
});

describe('whatever a caller has made up', () => {
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.boolean(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string({ unit: 'binary' }), tie('value'), { maxKeys: 3 }),
    ),
  })).value;

  it.prop([fc.dictionary(fc.stringMatching(/^[A-Z][a-z]{0,8}$/), anything)])('gives well-formed XML', (members) => {
    expect(readXml(writeXml('Reply', members)).name).toBe('Reply');
  });
});

describe('a text for XML', () => {
  it.each(['', 'a\t\n\r', '图', '\u{1F600}', '\u{D7FF}\u{E000}\u{FFFD}'])('%j is possible', (text) => {
    expect(isXmlText(text)).toBe(true);
  });

  it.each(['\0', '\u{8}', '\u{B}', '\u{1F}', '\u{FFFE}', '\u{FFFF}', '\uD800', 'a\uDC00b'])('%j is not', (text) => {
    expect(isXmlText(text)).toBe(false);
  });
});
