import { AdminRefusal } from '../admin-error.js';
import { PAGE_PATH } from './page-index.js';
import { readPageFiles, type PageFiles } from './page-files.js';

/** Whether a target is a part of the page. */
export function isForPage(target: string): boolean {
  const path = pathOf(target);
  return path === PAGE_PATH || path.startsWith(`${PAGE_PATH}/`);
}

/**
 * Serves the page. Its files are the same for everybody and hold no secret, so they need no token: what the page asks of
 * the API does, and a browser cannot send one with a navigation.
 */
export class PageDoor {
  #files: Promise<PageFiles> | undefined;

  /** Answers one request for a part of the page, of which only a digest that the client already has is looked at. */
  async answer(method: string, target: string, known: string | undefined): Promise<Response> {
    if (method !== 'GET' && method !== 'HEAD') {
      throw new AdminRefusal(405, 'METHOD_NOT_ALLOWED', { expected: 'GET or HEAD', received: method });
    }
    this.#files ??= readPageFiles().catch((cause: unknown) => {
      // No file could be opened just now, perhaps: the next request tries again.
      this.#files = undefined;
      throw cause;
    });
    const { byPath, importMapDigest } = await this.#files;
    const path = pathOf(target);
    const file = byPath.get(path === `${PAGE_PATH}/` ? PAGE_PATH : path);
    if (file === undefined) {
      throw new AdminRefusal(404, 'ROUTE_NOT_FOUND', { expected: `a file of ${PAGE_PATH}`, received: path });
    }
    const headers = {
      ETag: file.etag,
      // Asked for again each time, and then mostly answered by 304: who updates the emulator sees the new page.
      'Cache-Control': 'no-cache',
      'Content-Security-Policy': policyOf(importMapDigest),
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
    };
    if (known?.split(',').some((tag) => tag.trim() === file.etag) === true)
      return new Response(null, { status: 304, headers });
    return new Response(new Uint8Array(file.bytes), { headers: { ...headers, 'Content-Type': file.type } });
  }
}

/** Nothing inline but the one map, nothing from elsewhere, no text that becomes markup, and no frame around it. */
function policyOf(importMapDigest: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' '${importMapDigest}'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '';
}
