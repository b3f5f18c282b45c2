import { textMember } from '../../../request-members.js';
import type { TaskRequest } from '../../../task-kind.js';

const LISTS = ['Sources', 'Files'] as const;
const TEXTS = ['SourceURI', 'SourceManifestURI'] as const;

/** The `URI` of each member of a list. */
export function urisIn(request: TaskRequest, name: string): readonly string[] {
  const list = request[name];
  if (!Array.isArray(list)) return [];
  return list.map((item: unknown) => uriOf(item)).filter((uri) => uri !== '');
}

/** Every address that a request reads, in whichever member it stands; of tasks on a dataset, the dataset's name. */
export function sourceUris(request: TaskRequest): readonly string[] {
  const texts = TEXTS.map((name) => textMember(request, name)).filter((uri) => uri !== '');
  const uris = [...texts, ...LISTS.flatMap((name) => urisIn(request, name)), uriOf(request['File'])];
  const found = uris.filter((uri) => uri !== '');
  return found.length > 0 ? found : [textMember(request, 'DatasetName')];
}

function uriOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? textMember({ ...value }, 'URI') : '';
}
