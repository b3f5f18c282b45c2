import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { textOf } from '../page.js';
import type { DialogField, DialogSpec } from '../page-state.js';
import type { ViewProps } from './parts.js';

/** Asks for the values of a dialog; a refusal is shown inside it, in the API's own words, and nothing typed is lost. */
export function FormDialog({ page, spec }: ViewProps & { readonly spec: DialogSpec }): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState('');
  const [isBusy, setBusy] = useState(false);
  const { say } = page;
  useLayoutEffect(() => {
    const { current } = box;
    current?.showModal();
    // Closing gives the focus back to where it was; taking an open dialog away would not.
    return () => current?.close();
  }, []);
  const close = (): void => page.set({ dialog: undefined });
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const entries = [...new FormData(form).entries()];
    const values = Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'string' ? value : '']));
    setBusy(true);
    try {
      page.tell(await spec.act(values));
      close();
      page.refresh();
    } catch (thrown) {
      setError(textOf(thrown));
      setBusy(false);
    }
  };
  return (
    <dialog
      ref={box}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        <h2 id="dialog-title">{spec.title}</h2>
        {spec.fields.map((field) => (
          <Field key={field.name} field={field} />
        ))}
        <p class="error" role="alert">
          {error}
        </p>
        <div class="tools">
          <button type="button" class="button plain" onClick={close}>
            {say('cancel')}
          </button>
          <button type="submit" class={`button ${spec.isDangerous === true ? 'danger' : 'main'}`} disabled={isBusy}>
            {spec.submit}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function Field({ field }: { readonly field: DialogField }): JSX.Element {
  const { name, label, kind, value = '', choices = [], help, isRequired = false } = field;
  const id = `field-${name}`;
  const shared = { id, name, required: isRequired, 'aria-describedby': help === undefined ? undefined : `${id}-help` };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {kind === 'area' ? <textarea {...shared} rows={5} defaultValue={value} spellcheck={false} /> : null}
      {kind === 'line' ? <input {...shared} type="text" defaultValue={value} autocomplete="off" /> : null}
      {kind === 'number' ? <input {...shared} type="number" step="any" defaultValue={value} /> : null}
      {kind === 'choice' ? (
        <select {...shared}>
          {choices.map((choice) => (
            <option key={choice} value={choice} selected={choice === value}>
              {choice}
            </option>
          ))}
        </select>
      ) : null}
      {help === undefined ? null : <small id={`${id}-help`}>{help}</small>}
    </div>
  );
}
