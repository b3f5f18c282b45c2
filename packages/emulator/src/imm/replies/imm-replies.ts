import type { Imm2017Actions, Imm2020Actions } from '@mnsbus/core';
import type { ImmCall } from '../rpc/provoked-fault.js';
import type { OtherAction2017, OtherAction2020 } from './documented-actions.js';

/** A call that is answered as a script says. */
export interface ScriptedCall extends ImmCall {
  /**
   * What the action was given, by name, as it was sent: texts, and what has members as JSON text (spec imm §1.6). Parameters
   * that are common to all actions, and empty ones, are left out.
   */
  readonly parameters: Readonly<Record<string, string | undefined>>;
  /** The id that the reply carries. */
  readonly requestId: string;
  /** When the call arrived, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** An error of the service's own. */
export interface ScriptedRefusal {
  /** 400–599. Default that of the code when it is one of {@link ProvokedImmCode}, else 400. */
  readonly status?: number;
  /** For example `ResourceNotFound`: 1–200 characters. */
  readonly code: string;
  /** At most 2000 characters. Default that of the code when it is one of {@link ProvokedImmCode}, else a sentence that says little. */
  readonly message?: string;
  /** Sent as `x-acs-retry-after`: a whole number from 1. Default none. */
  readonly retryAfterMs?: number;
}

/** The members of a reply; `RequestId` is added when it is absent. */
export type ScriptedMembers<Reply> = object extends Reply
  ? object
  : Omit<Reply, 'RequestId'> & { readonly RequestId?: string };

/** A success with these members – JSON values, the outermost named as XML allows –, or a refusal. */
export type ScriptedAnswer<Reply = object> =
  | { readonly reply: ScriptedMembers<Reply> }
  | { readonly refuse: ScriptedRefusal };

/**
 * Answers a call at once, without a promise; `undefined` leaves it to the emulator. When it throws, or gives something else,
 * the call is answered with 500 `InternalError`, which names the option, and the journal says `script-failed`.
 */
export type DecideAnswer<Reply = object> = (call: ScriptedCall) => ScriptedAnswer<Reply> | undefined;

/** What an action that is emulated, too, is answered instead: then nothing is created, changed or published. */
export type OverridingReply<Reply = object> = (ScriptedAnswer<Reply> | { readonly decide: DecideAnswer<Reply> }) & {
  readonly overrides: true;
};

/** What an action is answered: always the same, or what a function says. */
export type ScriptedReply<Reply = object> = ScriptedAnswer<Reply> | DecideAnswer<Reply> | OverridingReply<Reply>;

/** A reply as JSON carries it. */
export type LiteralReply = ScriptedAnswer & { readonly overrides?: true };

type RepliesTo<Actions, Others extends string> = {
  readonly [Action in keyof Actions]?: OverridingReply<ReplyOf<Actions[Action]>>;
} & { readonly [Action in Others]?: ScriptedReply } & {
  // Whatever else the service has by now.
  readonly [action: string]: ScriptedReply | undefined;
};

type ReplyOf<Shape> = Shape extends { readonly reply: infer Reply } ? Reply : never;

/**
 * What actions are answered, by API version and exact name, for those above all that are not emulated. Signatures, formats,
 * nonces, faults and the journal are as for every other action. Emulated ones want `overrides`.
 */
export interface ImmReplies {
  readonly '2017-09-06'?: RepliesTo<Imm2017Actions, OtherAction2017>;
  readonly '2020-09-30'?: RepliesTo<Imm2020Actions, OtherAction2020>;
}

/** The same as a config file can say it. */
export type LiteralReplies = Readonly<Partial<Record<keyof ImmReplies, Readonly<Record<string, LiteralReply>>>>>;
