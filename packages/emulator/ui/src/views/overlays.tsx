import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { writeInstant } from '../model/times.js';
import { VIEWS } from '../page-state.js';
import { Button, Name, type ViewProps } from '../parts/parts.js';

/** A dialog that only tells something. */
function Notice(
  props: ViewProps & { readonly title: string; readonly onClose: () => void; readonly children: JSX.Element },
): JSX.Element {
  const { page, title, onClose, children } = props;
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const { current } = box;
    current?.showModal();
    // Closing gives the focus back to where it was; taking an open dialog away would not.
    return () => current?.close();
  }, []);
  return (
    <dialog ref={box} aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      {children}
      <div class="tools">
        <Button name="close-notice" kind="main" label={page.say('close')} onClick={onClose} />
      </div>
    </dialog>
  );
}

/** Which keys do what. */
export function Help({ page }: ViewProps): JSX.Element {
  const { say } = page;
  const keys: readonly (readonly [string, string])[] = [
    [`1–${VIEWS.length}`, say('shortcutViews')],
    ['↑ ↓ PgUp PgDn Home End Enter', say('shortcutRows')],
    ['Space', say('shortcutSelect')],
    ['/', say('shortcutFilter')],
    ['s', say('send')],
    ['p', say('publish')],
    ['f', say('addFault')],
    ['a', say('advance')],
    ['h', say('hints')],
    ['l', say('languageLabel')],
    ['t', say('scheme')],
    ['Esc', say('shortcutClose')],
    ['?', say('help')],
  ];
  return (
    <Notice page={page} title={say('help')} onClose={() => page.set({ isHelpOpen: false })}>
      <dl class="keys">
        {keys.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Notice>
  );
}

/** What looks wrong in how the emulator is used, and what to do about it. */
export function HintsNotice({ page }: ViewProps): JSX.Element {
  const { say, state } = page;
  return (
    <Notice page={page} title={say('hints')} onClose={() => page.set({ areHintsOpen: false })}>
      {state.hints.length === 0 ? (
        <p>{say('noHints')}</p>
      ) : (
        <ul class="hints">
          {state.hints.map((hint) => (
            <li key={`${hint.code} ${hint.subject}`}>
              <strong>
                <Name text={`${hint.code} · ${hint.subject}`} />
              </strong>
              <p>
                <bdi>{hint.message}</bdi>
              </p>
              <p class="quiet">
                {say('advice')}: <bdi>{hint.advice}</bdi>
              </p>
              <small class="number">{writeInstant(hint.atMs)}</small>
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

/** Asks for the token of an emulator on another machine. */
export function TokenForm({ page }: ViewProps): JSX.Element {
  const { say } = page;
  return (
    <main class="token">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const token = new FormData(event.currentTarget).get('token');
          if (typeof token === 'string') page.enter(token);
        }}
      >
        <h1>{say('tokenTitle')}</h1>
        <p>{say('tokenHelp')}</p>
        <div class="field">
          <label for="token">{say('token')}</label>
          <input id="token" name="token" type="password" required autocomplete="off" autofocus />
        </div>
        <button type="submit" class="button main">
          {say('enter')}
        </button>
      </form>
    </main>
  );
}

/** Results and errors, said aloud by a screen reader. They stay until somebody has read them. */
export function Toasts({ page }: ViewProps): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {page.state.toasts.map(({ id, isError, text }) => (
        <div
          key={id}
          class={isError ? 'toast wrong' : 'toast'}
          role={isError ? 'alert' : undefined}
          onAnimationEnd={({ animationName }) => {
            if (animationName === 'passing') page.dismiss(id);
          }}
        >
          <bdi>{text}</bdi>
          <Button name="dismiss" label="✕" title={page.say('dismiss')} onClick={() => page.dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
