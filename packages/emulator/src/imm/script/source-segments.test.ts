import { describe, expect, it } from 'vitest';
import { segmentDecision } from './source-segments.js';

describe('the path segments of a source', () => {
  it.each([
    ['oss://bucket/fail-ConvertTimeout/a.docx', { fail: { code: 'ConvertTimeout' } }],
    ['oss://bucket/in/fail-OpenFileError/deep/a.docx', { fail: { code: 'OpenFileError' } }],
    ['oss://bucket/fail-InvokeOSSFailed', { fail: { code: 'InvokeOSSFailed' } }],
    ['oss://bucket/fail-Anything/fail-Second/a.docx', { fail: { code: 'Anything' } }],
    ['oss://bucket/fail-NoError/fail-Second/a.docx', { fail: { code: 'Second' } }],
    ['oss://bucket/slow-60000/a.docx', { durationMs: 60_000 }],
    ['oss://bucket/slow-0/slow-5/a.docx', { durationMs: 0 }],
    ['oss://bucket/hold/a.docx', { hold: true }],
    ['oss://bucket/hold', { hold: true }],
    ['oss://bucket/slow-10/fail-Deep/hold/a.docx', { durationMs: 10, fail: { code: 'Deep' }, hold: true }],
    ['oss://fail-ConvertTimeout/a.docx', {}],
    ['oss://hold/a.docx', {}],
    ['oss://bucket/fail-/a.docx', {}],
    ['oss://bucket/fail-a.docx', {}],
    ['oss://bucket/nofail-ConvertTimeout/a.docx', {}],
    ['oss://bucket/fail-NoError/a.docx', {}],
    ['oss://bucket/slow-/slow-1s/slow--1/slow-1234567890/a.docx', {}],
    ['oss://bucket/on-hold/holds/a.docx', {}],
    ['oss://bkt/in/a.pptx', {}],
    ['', {}],
  ])('of %s say %j', (uri, decision) => {
    expect(segmentDecision([uri])).toEqual(decision);
  });

  it('count for a task with several sources, whichever has them', () => {
    const uris = ['oss://bkt/a', 'oss://bkt/slow-7/b', 'oss://bkt/fail-X/c', 'oss://bkt/slow-9/d'];
    expect(segmentDecision(uris)).toEqual({ durationMs: 7, fail: { code: 'X' } });
    expect(segmentDecision([])).toEqual({});
  });
});
