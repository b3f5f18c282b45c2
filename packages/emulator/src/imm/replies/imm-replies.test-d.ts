import { expectTypeOf } from 'vitest';
import type { ImmReplies, ScriptedCall } from './imm-replies.js';

// The call is typed without a word, for actions that are known, for newer ones, and for those that are emulated.
export const typed: ImmReplies = {
  '2017-09-06': { GetWebofficeURL: { reply: { WebofficeURL: 'https://…', n: 1 } } },
  '2020-09-30': {
    DetectImageFaces: (call) => {
      expectTypeOf(call).toEqualTypeOf<ScriptedCall>();
      return { reply: { Faces: [], Source: call.parameters['SourceURI'] } };
    },
    BrandNew: ({ nowMs }) => ({ refuse: { code: 'ResourceNotFound', message: String(nowMs) } }),
    GenerateWebofficeToken: { refuse: { status: 403, code: 'NoPermission' } },
    GetTask: { overrides: true, decide: ({ project }) => (project === '' ? { refuse: { code: 'x' } } : undefined) },
    CreateStory: { overrides: true, reply: { EventId: 'event', TaskId: 'task' } },
  },
};

export const wrong: readonly ImmReplies[] = [
  // @ts-expect-error An emulated action wants to be overridden in so many words.
  { '2020-09-30': { CreateProject: { refuse: { code: 'LimitExceededError' } } } },
  // @ts-expect-error The members of a reply have types where they are known.
  { '2020-09-30': { CreateStory: { overrides: true, reply: { EventId: 7, TaskId: 'task' } } } },
  // @ts-expect-error Those that a function gives, too.
  { '2020-09-30': { CreateStory: { overrides: true, decide: () => ({ reply: { EventId: 7, TaskId: 'task' } }) } } },
  // @ts-expect-error An answer is a reply or a refusal.
  { '2020-09-30': { DetectImageFaces: { Faces: [] } } },
  // @ts-expect-error Answers come at once.
  { '2020-09-30': { DetectImageFaces: async () => ({ reply: {} }) } },
  // @ts-expect-error No such version.
  { '2020-09-31': {} },
];
