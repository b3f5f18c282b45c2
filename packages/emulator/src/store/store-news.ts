/** That nothing can be written from now on, that it can again, or that a record cannot be kept although others can. */
export type StoreNews =
  | { readonly kind: 'failing'; readonly error: Error }
  | { readonly kind: 'recovered'; readonly attempts: number }
  | { readonly kind: 'unkept'; readonly error: Error };

/** What has become of the disk, in a sentence or two. */
export function storeNewsText(news: StoreNews): string {
  switch (news.kind) {
    case 'failing':
      return `${news.error.message}. It is tried again until it can be; until then requests are refused with 503`;
    case 'recovered':
      return `the data directory can be written to again, after ${news.attempts} attempts; nothing is missing`;
    case 'unkept':
      return news.error.message;
  }
}
