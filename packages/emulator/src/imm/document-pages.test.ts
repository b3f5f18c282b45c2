import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { convertedPages, derivedPageCount, parsePageList } from './document-pages.js';

const SrcUri = 'oss://bkt/in/a.pptx';

describe('the pages of a conversion', () => {
  it.each([
    [{}, 10, 10],
    [{}, 300, 200],
    [{ StartPage: 4 }, 10, 7],
    [{ StartPage: 10 }, 10, 1],
    [{ StartPage: 11 }, 10, 0],
    [{ StartPage: 201 }, 300, 0],
    [{ EndPage: 3 }, 10, 3],
    [{ EndPage: 10 }, 10, 10],
    [{ EndPage: 99 }, 10, 10],
    [{ EndPage: -1 }, 300, 300],
    [{ StartPage: 100, EndPage: -1 }, 300, 201],
    [{ StartPage: 3, EndPage: 3 }, 10, 1],
    [{ TgtFilePages: '[1,2,100]' }, 10, 2],
    [{ TgtFilePages: '[1,2,100]' }, 150, 3],
    [{ TgtFilePages: '[2,2,2]' }, 10, 1],
    [{ TgtFilePages: '[1,2,3]', StartPage: 2 }, 10, 2],
    [{}, 0, 0],
  ])('with %j of a document of %d pages are %d', (selection, documentPages, pageCount) => {
    expect(convertedPages(selection, documentPages)).toBe(pageCount);
  });

  it.prop([fc.string()])('of an unknown document are 1 to 20', (srcUri) => {
    expect(derivedPageCount(srcUri)).toBeGreaterThanOrEqual(1);
    expect(derivedPageCount(srcUri)).toBeLessThanOrEqual(20);
  });

  it('of an unknown document depend on its address alone', () => {
    expect([SrcUri, 'oss://bkt/in/b.docx', SrcUri].map(derivedPageCount)).toEqual([8, 1, 8]);
  });

  it('differ between documents', () => {
    const counts = Array.from({ length: 400 }, (_, index) => derivedPageCount(`oss://bkt/${index}.docx`));
    expect(new Set(counts).size).toBe(20);
  });
});

describe('a page list', () => {
  it.each([
    ['[1,2,100]', [1, 2, 100]],
    ['[]', []],
    [' [ 3 ] ', [3]],
  ])('%s is read', (text, pages) => {
    expect(parsePageList(text)).toEqual(pages);
  });

  it.each(['', '1,2', '{}', '[0]', '[-1]', '[1.5]', '["1"]', '[null]', '[1,]', 'null', '[9007199254740992]'])(
    '%s is refused',
    (text) => {
      expect(parsePageList(text)).toBeUndefined();
    },
  );
});
