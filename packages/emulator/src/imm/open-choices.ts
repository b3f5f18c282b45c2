import type { OpenChoice } from '../open-choice.js';
import { imm2017OpenChoices } from './rpc/actions/2017-09-06/open-choices.js';
import { imm2020OpenChoices } from './rpc/actions/2020-09-30/open-choices.js';
import { TIMESTAMP_WINDOW_MS } from './rpc/timestamp.js';
import { taskOpenChoices } from './task-open-choices.js';

/** What the public facts about IMM leave open, and what the emulator does there. */
export const immOpenChoices: readonly OpenChoice[] = [
  // reading requests
  {
    topic: 'imm requests',
    question: 'What happens to parameters that an action does not know?',
    choice: 'They are signed like all others, and ignored. So are ModelId, ImageSpec and ExternalID.',
    source: 'spec imm §1.2, §2.4',
  },
  {
    topic: 'imm requests',
    question: 'Which value counts when a name occurs twice in one place?',
    choice: 'The last one; a form body comes after the query.',
    source: 'spec imm §1.2',
  },
  {
    topic: 'imm requests',
    question: 'How is form text decoded, and what if it cannot be?',
    choice:
      '+ is a space in query and body. A broken escape, or bytes that are no UTF-8, give 400 InvalidParameter before any other check.',
    source: 'spec imm §1.2',
  },
  {
    topic: 'imm requests',
    question: 'Is a body looked at that says it is no form?',
    choice: 'No. Without a Content-Type it is read as a form.',
    source: 'spec imm §1.2',
  },
  {
    topic: 'imm requests',
    question: 'What does an empty value mean?',
    choice:
      'A common parameter counts as absent, a required one of an action gives InvalidParameter.{Param}.Empty, an optional one counts as not given.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm requests',
    question: 'Which methods and paths are there?',
    choice: 'GET and POST, else 405 UnsupportedHTTPMethod; the path /, else 404 InvalidAction.NotFound.',
    source: 'spec imm §1.1, §1.8',
  },
  {
    topic: 'imm requests',
    question: 'What is checked of a call that a script answers (imm.replies)?',
    choice:
      'Who calls, as of every other call: signature, timestamp, nonce. Its own parameters are not, nor whether its project exists; a function can. One that throws, gives a promise, or gives no answer is 500 InternalError, with the option and the reason as its message; the journal says script-failed. A success may have a top-level Code, which @alicloud/pop-core takes for an error.',
    source: 'spec imm §1.9, §10.4',
  },
  {
    topic: 'imm requests',
    question: 'Which spellings of Timestamp are accepted?',
    choice: 'YYYY-MM-DDTHH:mm:ssZ, also with a fraction of a second, also without Z; always UTC.',
    source: 'spec imm §1.2',
  },
  // identity
  {
    topic: 'imm signatures',
    question: 'In which order are requests checked?',
    choice:
      'Method, AccessKeyId present, other common parameters present, key known, signature method and version, timestamp form, timestamp window, signature, nonce, version, action, required parameters, values, resources.',
    source: 'spec imm §1.9',
  },
  {
    topic: 'imm signatures',
    question: 'How long is a nonce remembered?',
    choice: `Per access key, for as long as its timestamp could be accepted: ${TIMESTAMP_WINDOW_MS / 60_000} minutes from the request or from its timestamp, whichever is later. A request whose signature is wrong uses up no nonce.`,
    source: 'spec imm §1.9',
  },
  {
    topic: 'imm signatures',
    question: 'Which error does an unknown SignatureVersion give?',
    choice: '400 InvalidSignatureVersion, by the pattern of InvalidVersion.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm signatures',
    question: 'When is a signature incomplete rather than wrong?',
    choice:
      'When it is not the base64 form of 20 bytes, or, with ACS3, not 32 bytes in lower-case hex, or leaves out host or a header x-acs-*.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm signatures',
    question: 'Which ways of signing are there?',
    choice:
      'HMAC-SHA1 version 1.0 by parameters, and ACS3-HMAC-SHA256 by header, each for both API versions. A request with an Authorization that begins with ACS3- is of the second kind, whatever its parameters say. ACS3-RSA-SHA256, ACS3-HMAC-SM3, bearer tokens and key pairs are answered with 400 InvalidSignatureMethod.',
    source: 'spec imm §1.3, §1.5',
  },
  {
    topic: 'imm signatures',
    question: 'Which errors do the parts of an ACS3 signature give?',
    choice:
      'Those of the parameter that they stand for: MissingAccessKeyId, MissingSignature (also without SignedHeaders), MissingSignatureNonce, MissingTimestamp. A body that x-acs-content-sha256 does not fit, or without that header, is a wrong signature. x-acs-accesskey-id is not looked at.',
    source: 'spec imm §1.5, §1.8',
  },
  {
    topic: 'imm signatures',
    question: 'What does the server string to sign say for ACS3?',
    choice:
      'The algorithm and the hash of the canonical request, as the client signs them; the query is decoded and encoded anew.',
    source: 'spec imm §1.5',
  },
  {
    topic: 'imm signatures',
    question: 'Where in the order stand a key that is switched off and a security token?',
    choice:
      'Right after the key is known: InvalidAccessKeyId.Inactive, then InvalidSecurityToken.Malformed (a character that is no letter, digit or one of _ + / = . -), then what is wrong between token and key.',
    source: 'spec imm §1.8, §1.9',
  },
  {
    topic: 'imm errors',
    question:
      'When do Throttling, Forbidden.RAM, NoPermission, AccessDenied, InternalError and ServiceUnavailable come?',
    choice:
      'Never by themselves, but for InternalError when a function of the options throws, and ServiceUnavailable from a closed emulator; the option imm.refuse answers with them before anything has changed. AccessDeniedDetail is left out.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm signatures',
    question: 'What does the message of MissingSecurityToken say in full?',
    choice: 'SecurityToken is required for this action.',
    source: 'spec imm §1.8',
  },
  // replies
  {
    topic: 'imm replies',
    question: 'Which format does a reply have when the request names none?',
    choice: 'JSON with an ACS3 signature or with Accept: application/json, else XML.',
    source: 'spec imm §0.8, §1.7',
  },
  {
    topic: 'imm replies',
    question: 'Which headers does a reply have?',
    choice:
      'Content-Type application/json;charset=utf-8 or text/xml;charset=utf-8, Content-Length, and x-acs-request-id equal to RequestId.',
    source: 'spec imm §1.7',
  },
  {
    topic: 'imm replies',
    question: 'How does XML write a list?',
    choice:
      'An element of the list’s name holds one element per member, named in the singular: <Tasks><Task>…</Task></Tasks>. The official Java client reads exactly that shape, whatever the inner name.',
    source: 'spec imm §1.7, §10.3',
  },
  {
    topic: 'imm replies',
    question: 'What is HostId?',
    choice:
      'The Host header as sent, or imm.{region}.aliyuncs.com when it is absent or malformed. Recommend is left out.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm replies',
    question: 'What about characters that XML cannot carry?',
    choice:
      'A text parameter that has one is refused, whatever the format. Inside JSON parameters they are taken; XML replies then have them as in JSON: \\u0000. Objects with names that are no XML names, such as tags, are JSON text in XML, and members that are null are left out.',
    source: 'spec imm §1.7',
  },
  // errors
  {
    topic: 'imm errors',
    question: 'Which error does an absent parameter give, of two documented ones?',
    choice: 'Missing{Param}, for common parameters and for those of an action.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm errors',
    question: 'Which of the documented errors does a bad value give?',
    choice:
      'InvalidParameter.{Param}.WrongFormat when it cannot be read as what it should be, InvalidParameter.{Param} when it lies outside its range or list; InvalidMaxKeys for MaxKeys. Of an address in OSS the text of WrongFormat is followed by the reason, as of a bucket with a name of one or two characters, which OSS does not have.',
    source: 'spec imm §1.8',
  },
  ...imm2017OpenChoices,
  ...imm2020OpenChoices,
  ...taskOpenChoices,
];
