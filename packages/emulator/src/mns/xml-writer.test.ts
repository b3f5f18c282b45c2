import { fc, it as prop } from '@fast-check/vitest';
import { readXml } from '@mnsbus/core/internal';
import { describe, expect, it } from 'vitest';
import { isXmlText } from '../runtime/xml-text.js';
import { element, writeXml } from './xml-writer.js';

describe('writeXml', () => {
  it('indents by two blanks, ends lines with LF, and adds nothing after the root', () => {
    const root = element('A', [element('B', 1), element('C', [element('D', '')])]);
    expect(writeXml(root)).toBe(
      '<?xml version="1.0" ?>\n<A xmlns="http://mns.aliyuncs.com/doc/v1">\n  <B>1</B>\n  <C>\n    <D></D>\n  </C>\n</A>',
    );
  });

  it('escapes what XML needs, the carriage return, and nothing else', () => {
    expect(writeXml(element('A', `<&>"'\r\n\t`))).toContain(`>&lt;&amp;&gt;"'&#13;\n\t</A>`);
  });

  prop.prop([fc.string({ unit: 'binary' }).filter(isXmlText)])('writes any text so that it reads the same', (text) => {
    expect(readXml(writeXml(element('A', [element('B', text)]))).children[0]?.text).toBe(text);
  });
});

describe('isXmlText', () => {
  prop.prop([fc.string({ unit: 'binary' })])('says what a parser takes', (text) => {
    const parses = (): boolean => {
      try {
        return readXml(writeXml(element('A', text))).text === text;
      } catch {
        return false;
      }
    };
    expect(isXmlText(text)).toBe(parses());
  });

  it.each(['\u0000', '\u0008', '\u001F', '\uD800', '\uDC00x', '\uFFFE', '\uFFFF'])('refuses %j', (text) => {
    expect(isXmlText(text)).toBe(false);
  });
});
