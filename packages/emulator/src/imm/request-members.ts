/** A text of a request or result; the empty string when there is none of this name. */
export function textMember(members: Readonly<Record<string, unknown>>, name: string): string {
  const value = members[name];
  return typeof value === 'string' ? value : '';
}

/** A number of a request or result; 0 when there is none of this name. */
export function numberMember(members: Readonly<Record<string, unknown>>, name: string): number {
  const value = members[name];
  return typeof value === 'number' ? value : 0;
}
