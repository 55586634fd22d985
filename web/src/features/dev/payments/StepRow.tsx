import { Button, Loader } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { FlowEvent } from './dev';
import type { Finding, StepId, StepState } from './flow';
import { endAndWait } from './steps';
import classes from './PaymentFlowPage.module.css';

interface Props {
  step: StepId;
  state: StepState;
  /** What it needs is there, and nothing else is running. */
  ready: boolean;
  /** Runs it, and those after it when asked to. */
  onRun: (onwards: boolean) => void;
}

/** One step: what was expected, what came, how long it took, and the cure when they differ. */
export function StepRow({ step, state, ready, onRun }: Props) {
  const { t } = useTranslation('flow');
  const done = state.at === 'done' ? state : null;
  const look = done ? (done.finding.ok ? 'green' : 'red') : state.at === 'running' ? 'running' : 'idle';
  const name = t(`step.${step}`);
  return (
    <li className={classes.step} data-look={look}>
      <span className={classes.mark}>
        {look === 'green' ? <IconCheck size={16} stroke={2.4} aria-hidden /> : null}
        {look === 'red' ? <IconX size={16} stroke={2.4} aria-hidden /> : null}
        {look === 'running' ? <Loader size={16} aria-hidden /> : null}
        <span className="sr-only">{t(`state.${look}`)}</span>
      </span>
      <div className={classes.row}>
        <h3>{name}</h3>
        {done ? <span className={classes.ms}>{t('took', { ms: Math.round(done.ms) })}</span> : null}
        {ready || done ? (
          <Button
            className={classes.run ?? ''}
            size="compact-sm"
            variant={done && look === 'green' ? 'subtle' : 'light'}
            color={done && look === 'green' ? 'gray' : 'jade'}
            disabled={!ready}
            aria-label={t(done ? 'runAgainOf' : 'runOf', { step: name })}
            onClick={() => onRun(false)}
          >
            {t(done ? 'runAgain' : 'run')}
          </Button>
        ) : null}
      </div>
      {done ? <Came finding={done.finding} onOn={ready ? () => onRun(true) : undefined} /> : null}
    </li>
  );
}

function Came({ finding: f, onOn }: { finding: Finding; onOn: (() => void) | undefined }) {
  const { t } = useTranslation('flow');
  return (
    <div className={classes.finding}>
      <dl>
        <div>
          <dt>{t('expected')}</dt>
          <dd>{f.expected(t)}</dd>
        </div>
        <div data-came>
          <dt>{t('came')}</dt>
          <dd>{f.came(t)}</dd>
        </div>
      </dl>
      {!f.ok && f.cure ? (
        <div className={classes.cure} role="alert">
          <strong>{t('cure')}</strong>
          <p>{f.cure(t)}</p>
          <div>
            {f.fix === 'endSubscription' ? <EndSubscription onDone={onOn} /> : null}
            {f.fix === undefined && onOn ? (
              <Button size="compact-sm" variant="light" onClick={onOn}>
                {t('runOn')}
              </Button>
            ) : null}
          </div>
        </div>
      ) : null}
      {f.events && f.events.length > 0 ? <Events events={f.events} open={!f.ok} /> : null}
    </div>
  );
}

/** An event that is sent twice stands there twice, with the same id. */
const numbered = (events: readonly FlowEvent[]) => events.map((e, n) => ({ ...e, n }));

/** Every notice as it was sent, and what became of it here. */
function Events({ events, open }: { events: readonly FlowEvent[]; open: boolean }) {
  const { t } = useTranslation('flow');
  return (
    <details className={classes.events} open={open}>
      <summary>{t('events', { count: events.length })}</summary>
      <ul>
        {numbered(events).map(({ n, ...e }) => (
          <li key={n} data-bad={e.delivery === 'lost' || e.state === 'refused' || undefined}>
            <code>{e.type}</code>
            <span>
              {t(`delivery.${e.delivery}`)}
              {e.status > 0 ? ` · ${t('event.answered', { status: e.status })}` : ''}
              {e.attempts > 1 ? ` · ${t('event.tries', { count: e.attempts })}` : ''}
              {` · ${t(`arrived.${e.state ?? 'none'}`)}`}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function EndSubscription({ onDone }: { onDone: (() => void) | undefined }) {
  const { t } = useTranslation('flow');
  const end = useMutation({ mutationFn: endAndWait, onSuccess: () => onDone?.() });
  return (
    <Button size="compact-sm" variant="light" loading={end.isPending} onClick={() => end.mutate()}>
      {t('fix.endSubscription')}
    </Button>
  );
}
