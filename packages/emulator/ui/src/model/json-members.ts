/** The members that somebody has typed as a JSON object; none for an empty text. Throws an error of `message` otherwise. */
export function readMembers(text: string, message: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${message} (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(message);
  return { ...value };
}
