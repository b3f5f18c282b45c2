import type { ComponentChildren, JSX } from 'preact';
import { rowText, shownText } from '../model/shown-text.js';
import type { Page } from '../page.js';
import type { TextKey } from '../text/english.js';

/** What every view is given. */
export interface ViewProps {
  readonly page: Page;
}

/** A name or text that somebody else chose, on one line, so that it cannot reorder what stands around it. */
export function Name({ text }: { readonly text: string }): JSX.Element {
  return (
    <bdi class="name" title={shownText(text.slice(0, 2000))}>
      {rowText(text)}
    </bdi>
  );
}

/** A whole text that somebody else chose. */
export function TextBlock({ label, text }: { readonly label: string; readonly text: string }): JSX.Element {
  return (
    <pre class="text" aria-label={label} dir="auto" tabIndex={0}>
      {shownText(text)}
    </pre>
  );
}

/** A state, by colour and by its word. */
export function Badge({ page, state }: ViewProps & { readonly state: TextKey }): JSX.Element {
  return (
    <span class="badge" data-state={state}>
      {page.say(state)}
    </span>
  );
}

/** A button; `shortcut` is the key that does the same. */
export function Button(props: {
  readonly label: string;
  readonly onClick: () => void;
  readonly kind?: 'plain' | 'main' | 'danger';
  readonly isDisabled?: boolean;
  readonly shortcut?: string;
  readonly title?: string;
  readonly name?: string;
}): JSX.Element {
  const { label, onClick, kind = 'plain', isDisabled = false, shortcut, title, name } = props;
  return (
    <button
      type="button"
      class={`button ${kind}`}
      disabled={isDisabled}
      onClick={onClick}
      title={title}
      data-action={name}
      aria-keyshortcuts={shortcut}
    >
      {label}
      {shortcut?.length !== 1 ? null : (
        <kbd class="hint" aria-hidden="true">
          {shortcut}
        </kbd>
      )}
    </button>
  );
}

/** The head of a view or of a part of it. */
export function Heading(props: {
  readonly title: ComponentChildren;
  readonly level?: 1 | 2;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const { title, level = 1, children } = props;
  return (
    <header class="heading">
      {level === 1 ? <h1>{title}</h1> : <h2>{title}</h2>}
      <div class="tools">{children}</div>
    </header>
  );
}

/** Pairs of a label and a value. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ComponentChildren])[] }): JSX.Element {
  return (
    <dl class="facts">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
