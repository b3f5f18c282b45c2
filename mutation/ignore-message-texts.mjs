// Leaves the texts of error messages alone: people read them, and a test that repeated one word by word would only
// hinder whoever wants to say it better. Codes, names and all else that programs read are mutated.

const isText = (path) => path.isStringLiteral() || path.isTemplateLiteral();

/** Whether a node is the whole argument of `new …Error(…)` or `malformed(…)`. */
const isArgumentOfError = ({ node, parentPath }) =>
  (parentPath?.isNewExpression() === true || parentPath?.isCallExpression() === true) &&
  parentPath.node.arguments.includes(node) &&
  /(?:Error|^malformed)$/.test(parentPath.node.callee.name ?? '');

/** Whether a node is the `message` of an object that is such an argument. */
const isMessageOfError = ({ parentPath }) =>
  parentPath?.isObjectProperty() === true &&
  parentPath.node.key.name === 'message' &&
  isArgumentOfError(parentPath.parentPath);

/** What Stryker looks for in a module of plugins. */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'message-texts',
    value: {
      shouldIgnore: (path) =>
        isText(path) && (isArgumentOfError(path) || isMessageOfError(path))
          ? 'the text of an error message'
          : undefined,
    },
  },
];
