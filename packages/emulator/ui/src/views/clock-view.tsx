import type { JSX } from 'preact';
import { advance, advanceTo, askAdvance, setMode } from '../actions/clock-actions.js';
import { writeInstant, writeSpan } from '../model/times.js';
import { Button, Facts, Heading, type ViewProps } from '../parts/parts.js';

const MODES = [
  ['real', 'modeReal'],
  ['offset', 'modeOffset'],
  ['frozen', 'modeFrozen'],
] as const;

/** Steps that are often wanted: the visibility timeout, a slow task, a day's retention. */
const STEPS_MS = [1000, 30_000, 300_000, 3_600_000, 86_400_000];

/** The emulator's time: how it goes, and buttons to move it. */
export function ClockView({ page }: ViewProps): JSX.Element {
  const { say, state } = page;
  const { clock } = state;
  const nextDueMs = clock?.nextDueMs;
  const isFixed = clock === undefined || clock.mode === 'unsteerable';
  const isMovable = clock?.mode === 'offset' || clock?.mode === 'frozen';
  return (
    <section class="part whole" aria-label={say('clock')}>
      <Heading title={say('clock')}>
        <Button
          name="advance"
          kind="main"
          label={say('advance')}
          shortcut="a"
          isDisabled={!isMovable}
          onClick={() => askAdvance(page)}
        />
      </Heading>
      <div class="padded">
        <p class="caption">{say('clockNow')}</p>
        <p class="big number" data-clock>
          {clock === undefined ? '' : writeInstant(clock.nowMs)}
        </p>
        <Facts
          facts={[
            [say('clockOffset'), clock?.offsetMs === undefined ? '' : writeSpan(clock.offsetMs)],
            [say('nextDue'), nextDueMs === undefined ? say('nothingDue') : writeInstant(nextDueMs)],
          ]}
        />
        <fieldset disabled={isFixed}>
          <legend>{isFixed ? say('modeUnsteerable') : say('clockMode')}</legend>
          {MODES.map(([mode, key]) => (
            <label key={mode}>
              <input
                type="radio"
                name="mode"
                value={mode}
                checked={clock?.mode === mode}
                onChange={() => void setMode(page, mode)}
              />
              {say(key)}
            </label>
          ))}
        </fieldset>
        {clock?.mode === 'real' ? <p class="caption">{say('advanceHelp')}</p> : null}
        <div class="tools">
          {STEPS_MS.map((stepMs) => (
            <Button
              key={stepMs}
              name={`advance-${stepMs}`}
              label={`+ ${writeSpan(stepMs)}`}
              isDisabled={!isMovable}
              onClick={() => void page.act(() => advance(page, stepMs))}
            />
          ))}
          <Button
            name="advance-next"
            label={say('advanceNext')}
            isDisabled={!isMovable || nextDueMs === undefined}
            onClick={() => void page.act(() => advanceTo(page, nextDueMs ?? 0))}
          />
        </div>
      </div>
    </section>
  );
}
