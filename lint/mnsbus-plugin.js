// House rules that no stock rule expresses: time and randomness come from the injected clock and
// the seeded source, and imports follow the arrows core ← bridge, core ← emulator.
// (Bare timers are banned beside this by no-restricted-globals.)

const MEMBERS = new Map([
  ['Date', new Set(['now'])],
  ['performance', new Set(['now', 'timeOrigin'])],
  ['Math', new Set(['random'])],
  ['crypto', new Set(['randomUUID', 'getRandomValues'])],
  ['AbortSignal', new Set(['timeout'])],
  ['globalThis', new Set(['setTimeout', 'setInterval', 'setImmediate'])],
]);
const MODULES = new Map([
  ['node:timers', null],
  ['node:timers/promises', null],
  ['timers', null],
  ['timers/promises', null],
  ['node:perf_hooks', null],
  [
    'node:crypto',
    new Set(['randomUUID', 'randomBytes', 'randomInt', 'randomFillSync', 'randomFill', 'getRandomValues']),
  ],
  ['crypto', new Set(['randomUUID', 'randomBytes', 'randomInt', 'randomFillSync', 'randomFill', 'getRandomValues'])],
]);

const noRawTime = {
  create(context) {
    const report = (node, what) =>
      context.report({ node, message: `${what}: take time from the injected Clock and randomness from SeededRandom.` });
    return {
      CallExpression({ callee }) {
        if (callee.type === 'Identifier' && callee.name === 'Date') report(callee, 'Date()');
      },
      NewExpression(node) {
        if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0) {
          report(node, 'new Date()');
        }
      },
      MemberExpression(node) {
        if (node.object.type !== 'Identifier') return;
        const name = node.computed ? node.property.value : node.property.name;
        if (MEMBERS.get(node.object.name)?.has(name)) report(node, `${node.object.name}.${name}`);
      },
      ImportDeclaration(node) {
        const banned = MODULES.get(node.source.value);
        if (banned === undefined) return;
        if (banned === null) report(node, node.source.value);
        for (const specifier of node.specifiers) {
          const name = specifier.imported?.name;
          if (banned?.has(name)) report(specifier, `${node.source.value} ${name}`);
        }
      },
    };
  },
};

/** Which workspace packages the sources of each package may import. Tests may import all of them. */
const ARROWS = new Map([
  ['core', new Set()],
  ['bridge', new Set(['core'])],
  ['emulator', new Set(['core'])],
]);

const importArrows = {
  create(context) {
    const room = /packages[\\/](core|bridge|emulator)[\\/]src[\\/]/.exec(context.filename)?.[1];
    const check = (node) => {
      const target = /^@mnsbus\/(core|bridge|emulator)\b/.exec(String(node.source?.value ?? ''))?.[1];
      const outside = /^(?:\.\.\/)+(?:packages\/)?(core|bridge|emulator)\//.exec(String(node.source?.value ?? ''))?.[1];
      if (room !== undefined && target !== undefined && !ARROWS.get(room)?.has(target)) {
        context.report({
          node,
          message: `${room} must not import ${target}: arrows go core ← bridge and core ← emulator.`,
        });
      }
      if (room !== undefined && outside !== undefined && outside !== room) {
        context.report({ node, message: `import @mnsbus/${outside} by its name, not by path.` });
      }
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

export default {
  meta: { name: 'mnsbus' },
  rules: { 'no-raw-time': noRawTime, 'import-arrows': importArrows },
};
