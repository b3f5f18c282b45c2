import { DOCUMENTED_ACTIONS, type DocumentedActions } from '../../imm/replies/documented-actions.js';
import { nearest } from '../nearest-word.js';
import type { HintDraft } from './hint.js';
import type { Observation } from './observation.js';

/** An action that is answered with `InvalidAction.NotFound`, where the service may have it, or the client has the wrong version. */
export function unansweredAction(observation: Observation): HintDraft | undefined {
  if (observation.kind !== 'action-unanswered') return undefined;
  const { apiVersion, action } = observation;
  const documented = documentedOf(apiVersion);
  const whyNot = documented.get(action);
  if (whyNot !== undefined) {
    return {
      subject: `${action} of IMM ${apiVersion}`,
      message: `${action} of IMM ${apiVersion} was called, which is not emulated (${whyNot}), and no script answers it.`,
      advice: `Say what it answers: imm.replies of the options or of the config file, or mns-emulator reply set ${apiVersion} ${action} '{}'.`,
    };
  }
  // Clients make up names without end: one hint tells of all that nobody knows.
  const subject = `unknown actions of IMM ${apiVersion}`;
  const message = `An action ${JSON.stringify(action.slice(0, 100))} of IMM ${apiVersion} was called, which is not known.`;
  return { subject, message, advice: elsewhere(apiVersion, action) ?? similar(documented, action) };
}

/** A reply that nobody will ask for, if its name is misspelt. */
export function scriptOfUnknownAction(observation: Observation): HintDraft | undefined {
  if (observation.kind !== 'reply-set') return undefined;
  const { apiVersion, action } = observation;
  const documented = documentedOf(apiVersion);
  if (documented.has(action)) return undefined;
  return {
    subject: `reply of ${action} of IMM ${apiVersion}`,
    message: `A script answers ${action} of IMM ${apiVersion}, an action that is not known.`,
    advice: elsewhere(apiVersion, action) ?? similar(documented, action),
  };
}

function documentedOf(apiVersion: string): DocumentedActions {
  return new Map(Object.entries(DOCUMENTED_ACTIONS)).get(apiVersion) ?? new Map();
}

function elsewhere(apiVersion: string, action: string): string | undefined {
  const [other] = Object.entries(DOCUMENTED_ACTIONS).find(([, documented]) => documented.has(action)) ?? [];
  return other === undefined || other === apiVersion ? undefined : `It is one of ${other}: is this the right version?`;
}

function similar(documented: DocumentedActions, action: string): string {
  const meant = nearest(action.slice(0, 100), [...documented.keys()]);
  const isNewer = 'if it is a newer one, imm.replies can answer it';
  return meant === undefined ? `Check its spelling; ${isNewer}.` : `Did you mean ${meant}? Else, ${isNewer}.`;
}
