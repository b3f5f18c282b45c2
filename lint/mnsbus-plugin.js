// House rules that no stock rule expresses: time and randomness come from the injected clock and
// the seeded source, and imports follow the arrows core ← bridge, core ← emulator, core ← redis.
// (Bare timers are banned beside this by no-restricted-globals.) And no regular expression takes more than linear work.

import { analyse } from 'scslre';

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate'];
const MEMBERS = new Map([
  ['Date', new Set(['now'])],
  ['performance', new Set(['now', 'timeOrigin'])],
  ['Math', new Set(['random'])],
  ['crypto', new Set(['randomUUID', 'getRandomValues'])],
  ['AbortSignal', new Set(['timeout'])],
  ['process', new Set(['hrtime', 'uptime'])],
  // Every way to the above that does not call it by its name.
  ['globalThis', new Set([...TIMERS, 'Date', 'performance', 'Math', 'crypto', 'AbortSignal'])],
]);
const RANDOM = new Set([
  'randomUUID',
  'randomBytes',
  'randomInt',
  'randomFillSync',
  'randomFill',
  'getRandomValues',
  'webcrypto',
]);
/** Modules that are all time, and one of which only some members are chance. */
const MODULES = new Map([
  ['timers', null],
  ['timers/promises', null],
  ['perf_hooks', null],
  ['crypto', RANDOM],
]);

const moduleName = (source) => String(source?.value ?? '').replace(/^node:/, '');
const keyOf = (node, computed, key) => (computed ? key.value : (key.name ?? key.value));

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
        const name = keyOf(node, node.computed, node.property);
        if (MEMBERS.get(node.object.name)?.has(name)) report(node, `${node.object.name}.${name}`);
      },
      VariableDeclarator({ id, init }) {
        if (id.type !== 'ObjectPattern' || init?.type !== 'Identifier') return;
        for (const property of id.properties) {
          const name = property.key && keyOf(property, property.computed, property.key);
          if (MEMBERS.get(init.name)?.has(name)) report(property, `${init.name}.${name}`);
        }
      },
      ImportDeclaration(node) {
        const banned = MODULES.get(moduleName(node.source));
        if (banned === undefined) return;
        if (banned === null) report(node, node.source.value);
        for (const specifier of node.specifiers) {
          // Through a whole module anything can be reached, so its members are to be imported by name.
          const name = specifier.type === 'ImportSpecifier' ? specifier.imported.name : undefined;
          if (banned !== null && (name === undefined || banned.has(name)))
            report(specifier, `${node.source.value} ${name ?? ''}`);
        }
      },
      ImportExpression(node) {
        if (MODULES.has(moduleName(node.source))) report(node, node.source.value);
      },
    };
  },
};

/** Which workspace packages the sources of each package may import. Tests may import all of them. */
const ARROWS = new Map([
  ['core', new Set()],
  ['bridge', new Set(['core'])],
  ['emulator', new Set(['core'])],
  ['redis', new Set(['core'])],
]);

/** Whose types they may import besides: a package that fits into another needs nothing of it when it runs. */
const TYPE_ARROWS = new Map([['redis', new Set(['bridge'])]]);

const PACKAGES = [...ARROWS.keys()].join('|');
const ROOM = new RegExp(`packages[\\\\/](${PACKAGES})[\\\\/]src[\\\\/]`);
const BY_NAME = new RegExp(`^@mnsbus/(${PACKAGES})\\b`);
const BY_PATH = new RegExp(`^(?:\\.\\./)+(?:packages/)?(${PACKAGES})/`);
const isTypeOnly = ({ type, importKind, exportKind }) =>
  type === 'TSImportType' || importKind === 'type' || exportKind === 'type';

const importArrows = {
  create(context) {
    const room = ROOM.exec(context.filename)?.[1];
    const allows = (node, target) =>
      ARROWS.get(room)?.has(target) || (isTypeOnly(node) && TYPE_ARROWS.get(room)?.has(target));
    const check = (node) => {
      const source = String(node.source?.value ?? '');
      const target = BY_NAME.exec(source)?.[1];
      const outside = BY_PATH.exec(source)?.[1];
      if (room !== undefined && target !== undefined && !allows(node, target)) {
        const message = `${room} must not import ${target}: arrows go core ← bridge, core ← emulator and core ← redis.`;
        context.report({ node, message });
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
      TSImportType: check,
    };
  },
};

const TEXT_OF = {
  Move: 'a search that fails starts anew at each character of',
  Self: 'there are many ways to match',
  Trade: 'two parts that can take each other’s characters:',
};

/** Whoever sends a text of megabytes decides for how long such an expression holds up everybody else. */
const linearRegex = {
  create(context) {
    const check = (node, source, flags) => {
      let reports;
      try {
        ({ reports } = analyse({ source, flags }, { reportTypes: { Move: true, Self: true, Trade: true } }));
      } catch {
        return; // no valid expression: others tell of that
      }
      const [first] = reports;
      if (first === undefined) return;
      const growth = first.exponential ? 'exponentially' : 'with its square';
      const parts = first.type === 'Trade' ? `${first.startQuant.raw} and ${first.endQuant.raw}` : first.quant.raw;
      const message = `The work of this expression grows ${growth}: ${TEXT_OF[first.type]} ${parts}. Anchor it, or cut the text by hand.`;
      context.report({ node, message });
    };
    const checkCall = (node) => {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'RegExp') return;
      const [source, flags] = node.arguments;
      if (typeof source?.value === 'string') check(node, source.value, String(flags?.value ?? ''));
    };
    return {
      Literal(node) {
        if (node.regex) check(node, node.regex.pattern, node.regex.flags);
      },
      NewExpression: checkCall,
      CallExpression: checkCall,
    };
  },
};

export default {
  meta: { name: 'mnsbus' },
  rules: { 'no-raw-time': noRawTime, 'import-arrows': importArrows, 'linear-regex': linearRegex },
};
