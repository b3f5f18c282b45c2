import type { JSX } from 'preact';
import { writeInstant } from '../model/times.js';
import type { Scheme } from '../page-state.js';
import { Button, type ViewProps } from '../parts/parts.js';

const SCHEMES = [
  ['auto', 'schemeAuto'],
  ['light', 'schemeLight'],
  ['dark', 'schemeDark'],
] as const satisfies readonly (readonly [Scheme, string])[];

/** Whose resources are shown, what time it is, whether all is live, and how the page looks. */
export function Header({ page }: ViewProps): JSX.Element {
  const { say, state } = page;
  const { accounts, clock, connection, hints, language, scheme, tenant } = state;
  const tenants = accounts.flatMap(({ accountId, regions }) => regions.map(({ region }) => ({ accountId, region })));
  const isListed = tenants.some((one) => one.accountId === tenant?.accountId && one.region === tenant.region);
  const shown = tenant === undefined || isListed ? tenants : [tenant, ...tenants];
  return (
    <header class="top">
      <strong class="brand">{say('title')}</strong>
      <select
        aria-label={say('tenant')}
        value={tenant === undefined ? '' : `${tenant.accountId}/${tenant.region}`}
        onChange={({ currentTarget: { selectedIndex } }) => {
          const chosen = shown[selectedIndex];
          if (chosen !== undefined) page.setTenant(chosen);
        }}
      >
        {shown.map(({ accountId, region }) => (
          <option key={`${accountId}/${region}`} value={`${accountId}/${region}`}>
            {accountId} · {region}
          </option>
        ))}
      </select>
      <span class="badge" data-state={connection} role="status">
        {say(connection)}
      </span>
      <span class="number now" title={say('clockNow')}>
        {clock === undefined ? '' : `${writeInstant(clock.nowMs)} · ${clock.mode}`}
      </span>
      <span class="push" />
      <button
        type="button"
        class={hints.length === 0 ? 'button plain' : 'button warned'}
        data-action="hints"
        aria-keyshortcuts="h"
        onClick={() => page.set({ areHintsOpen: true })}
      >
        {hints.length === 0 ? say('hints') : say('hintsCount', { count: hints.length })}
      </button>
      <Button
        name="language"
        label={say('language')}
        title={say('languageLabel')}
        onClick={() => page.setLanguage(language === 'en' ? 'zh' : 'en')}
      />
      <label class="scheme">
        <span>{say('scheme')}</span>
        <select
          data-action="scheme"
          value={scheme}
          onChange={({ currentTarget: { value } }) =>
            page.setScheme(SCHEMES.find(([name]) => name === value)?.[0] ?? 'auto')
          }
        >
          {SCHEMES.map(([name, key]) => (
            <option key={name} value={name}>
              {say(key)}
            </option>
          ))}
        </select>
      </label>
      <Button name="help" label={say('help')} shortcut="?" onClick={() => page.set({ isHelpOpen: true })} />
    </header>
  );
}
