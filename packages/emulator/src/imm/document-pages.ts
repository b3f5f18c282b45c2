import { SeededRandom, type CreateOfficeConversionTaskRequest } from '@mnsbus/core';
import { jsonIn } from '@mnsbus/core/internal';

/** Fewest and most pages of a document whose page count nobody has fixed. */
export const DERIVED_PAGES: { readonly fewest: number; readonly most: number } = { fewest: 1, most: 20 };

/** The first page when a request names none (spec imm §2.4). */
export const DEFAULT_START_PAGE = 1;

/** The last page when a request names none (spec imm §2.4). */
export const DEFAULT_END_PAGE = 200;

/** `EndPage` of a request that wants all pages (spec imm §2.4). */
export const ALL_PAGES = -1;

/** The page count of a document whose page count nobody has fixed: always the same for the same source. */
export function derivedPageCount(srcUri: string): number {
  return new SeededRandom(`pages of ${srcUri}`).integer(DERIVED_PAGES.fewest, DERIVED_PAGES.most);
}

/** The page numbers of a `TgtFilePages` text; `undefined` unless it is a JSON list of whole numbers from 1. */
export function parsePageList(text: string): readonly number[] | undefined {
  const list = jsonIn(text);
  if (!Array.isArray(list) || !list.every((page) => Number.isSafeInteger(page) && page >= 1)) return undefined;
  return list;
}

/** How many pages of a document with `documentPages` pages a request has converted. */
export function convertedPages(
  {
    StartPage: start = DEFAULT_START_PAGE,
    EndPage: end = DEFAULT_END_PAGE,
    TgtFilePages,
  }: Pick<CreateOfficeConversionTaskRequest, 'StartPage' | 'EndPage' | 'TgtFilePages'>,
  documentPages: number,
): number {
  const last = end === ALL_PAGES ? documentPages : Math.min(end, documentPages);
  const wanted = TgtFilePages === undefined ? undefined : parsePageList(TgtFilePages);
  if (wanted === undefined) return Math.max(0, last - start + 1);
  // A page that is listed twice is converted once.
  return [...new Set(wanted)].filter((page) => page >= start && page <= last).length;
}
