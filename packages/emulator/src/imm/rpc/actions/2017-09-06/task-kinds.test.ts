import { taskCatalogue } from '@mnsbus/core';
import { describe, expect, it } from 'vitest';
import { faceJobKinds } from './face-jobs.js';
import { indexingKinds } from './indexing.js';
import { officeConversionKind } from './office-conversion-kind.js';
import { videoKinds } from './video-kinds.js';

const kinds = [
  officeConversionKind(() => 1),
  ...Object.values(videoKinds),
  ...Object.values(faceJobKinds),
  ...Object.values(indexingKinds),
];

describe('the kinds of tasks of 2017-09-06', () => {
  it('are exactly those of the catalogue, under the same words', () => {
    const known = taskCatalogue.filter(({ apiVersion }) => apiVersion === '2017-09-06');
    expect(kinds.map(({ action, taskType }) => `${action} ${taskType}`).toSorted()).toEqual(
      known.map(({ action, taskType }) => `${action} ${taskType}`).toSorted(),
    );
  });
});
