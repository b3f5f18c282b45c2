import type { HintDraft } from './hint.js';
import type { Observation } from './observation.js';

/** Shorter texts may look like base64 by chance. */
export const LEAST_BASE64_LENGTH = 16;

/** A base64 text published to a subscription whose notifications are JSON: readers get the base64 (spec mns §5.2). */
export function base64ThroughJson(observation: Observation): HintDraft | undefined {
  if (observation.kind !== 'published') return undefined;
  const { topicName, body, subscriptions } = observation;
  const json = subscriptions.find(({ notifyContentFormat }) => notifyContentFormat === 'JSON');
  if (json === undefined || !isBase64OfText(body)) return undefined;
  return {
    subject: `topics/${topicName}/subscriptions/${json.name}`,
    message: `A message that is base64 of a text was published to topic ${topicName}, whose subscription ${json.name} delivers JSON.`,
    advice: 'Publish the text itself, or let whoever receives decode the member Message; the service does not.',
  };
}

/** Whether a text is base64, and what it encodes is text again: digits and words alone can be base64, too, but of noise. */
function isBase64OfText(body: string): boolean {
  if (body.length < LEAST_BASE64_LENGTH || body.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(body)) return false;
  const bytes = Buffer.from(body, 'base64');
  if (bytes.toString('base64') !== body) return false;
  const text = bytes.toString('utf8');
  // The replacement character stands for bytes that are no UTF-8.
  return !/[^\P{Cc}\t\n\r]|\uFFFD/u.test(text);
}
