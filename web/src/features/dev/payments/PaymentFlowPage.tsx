import { Button, SegmentedControl } from '@mantine/core';
import { IconExternalLink, IconPlayerPlay, IconPlayerStop, IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/shared/hooks/useSession';
import { flowOfferQuery, type FlowOffer } from '@/shared/payments/flowOffer';
import { providerName } from '@/shared/payments/payments';
import { EmptyState } from '@/shared/ui/EmptyState';
import { Sheet } from '@/shared/ui/Sheet';
import {
  BACKS,
  canRun,
  isGreen,
  isPlan,
  LANES,
  providerOf,
  stateOf,
  stepsOf,
  verdictOf,
  type FlowState,
  type LaneId,
} from './flow';
import { createRunner } from './runner';
import { StepRow } from './StepRow';
import classes from './PaymentFlowPage.module.css';

const route = getRouteApi('/app/test-payment-flow');

/** Buys at the simulator, step by step, and shows each green or red. */
export function PaymentFlowPage() {
  const { t } = useTranslation('flow');
  const offer = useQuery(flowOfferQuery).data;
  const name = useMe()?.username ?? '…';
  const lanes = LANES.filter((l) => offer?.providers.includes(providerOf(l)));
  return (
    <Sheet title={t('title')} subtitle={t('subtitle')}>
      {offer && lanes.length > 0 ? (
        <>
          <aside className={classes.note} aria-label={t('simulator')}>
            <p>{t('account', { name })}</p>
            <p>
              <a href={offer.simulator} target="_blank" rel="noreferrer">
                {t('simulator')}
                <IconExternalLink size={14} aria-hidden />
              </a>{' '}
              {t('simulatorHint')}
            </p>
          </aside>
          <Flow offer={offer} lanes={lanes} />
        </>
      ) : (
        <EmptyState icon={IconPlugConnectedX} title={t('none')} body={t('noneBody')} />
      )}
    </Sheet>
  );
}

function Flow({ lanes }: { offer: FlowOffer; lanes: readonly LaneId[] }) {
  const { t } = useTranslation('flow');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const client = useQueryClient();
  const [runner] = useState(createRunner);
  const state = useSyncExternalStore(runner.subscribe, runner.get);
  useEffect(() => runner.stop, [runner]);

  const back = search.back ?? 'refund';
  const busy = lanes.find((l) => verdictOf(l, state[l]) === 'running');
  // while everything runs, what is running is looked at unless somebody chose
  const [first] = lanes;
  const lane =
    lanes.find((l) => l === search.lane) ??
    busy ??
    lanes.find((l) => verdictOf(l, state[l]) === 'red') ??
    first;
  if (!lane) return null;
  const choose = (to: LaneId | undefined) =>
    void navigate({ search: (s) => ({ ...s, lane: to }), replace: true });
  const ended = () => void client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'dev' });

  return (
    <>
      <div className={classes.tools}>
        {busy ? (
          <Button variant="default" leftSection={<IconPlayerStop size={16} />} onClick={runner.stop}>
            {t('stop')}
          </Button>
        ) : (
          <Button
            leftSection={<IconPlayerPlay size={16} />}
            onClick={() => {
              choose(undefined);
              void runner.runEverything(lanes, back).then(ended);
            }}
          >
            {t('runEverything')}
          </Button>
        )}
        <div className={classes.back}>
          <span id="back-with">{t('backWith')}</span>
          <SegmentedControl
            size="sm"
            aria-labelledby="back-with"
            value={back}
            disabled={busy !== undefined}
            onChange={(v) =>
              void navigate({
                search: (s) => ({ ...s, back: v === 'dispute' ? 'dispute' : undefined }),
                replace: true,
              })
            }
            data={BACKS.map((b) => ({ value: b, label: t(`back.${b}Short`) }))}
          />
        </div>
      </div>
      <div className={classes.body}>
        <nav className={classes.lanes} aria-label={t('lanes')}>
          {lanes.map((l) => (
            <LaneButton key={l} id={l} state={state} chosen={l === lane} onChoose={() => choose(l)} />
          ))}
        </nav>
        <section aria-labelledby="lane">
          <header className={classes.head}>
            <h2 id="lane">{laneName(t, lane)}</h2>
            <Button
              variant="light"
              size="sm"
              disabled={busy !== undefined}
              onClick={() => void runner.run(lane, 'order', back, true).then(ended)}
            >
              {t('runLane')}
            </Button>
          </header>
          <ol className={classes.steps}>
            {stepsOf(lane).map((s) => (
              <StepRow
                key={`${lane} ${s}`}
                step={s}
                state={stateOf(state[lane], s)}
                ready={busy === undefined && canRun(lane, state[lane], s)}
                onRun={(onwards) => void runner.run(lane, s, back, onwards).then(ended)}
              />
            ))}
          </ol>
          <p className={classes.after}>
            <Link to="/purchases">{t('link.purchases')}</Link>
            <Link to="/credits">{t('link.credits')}</Link>
          </p>
        </section>
      </div>
    </>
  );
}

type T = ReturnType<typeof useTranslation<'flow'>>['t'];

const laneName = (t: T, lane: LaneId) =>
  t(isPlan(lane) ? 'lane.plan' : 'lane.pack', { provider: providerName(providerOf(lane)) });

interface LaneProps {
  id: LaneId;
  state: FlowState;
  chosen: boolean;
  onChoose: () => void;
}

function LaneButton({ id, state, chosen, onChoose }: LaneProps) {
  const { t } = useTranslation('flow');
  const verdict = verdictOf(id, state[id]);
  const steps = stepsOf(id);
  const done = steps.filter((s) => isGreen(stateOf(state[id], s))).length;
  const ms = steps.reduce((sum, s) => {
    const at = stateOf(state[id], s);
    return at.at === 'done' ? sum + at.ms : sum;
  }, 0);
  return (
    <button
      type="button"
      className={classes.lane}
      aria-current={chosen ? 'true' : undefined}
      data-verdict={verdict}
      onClick={onChoose}
    >
      <strong>{laneName(t, id)}</strong>
      <span className={classes.verdict}>
        {verdict === 'idle' && done > 0
          ? t('verdict.partly', { done, count: steps.length })
          : t(`verdict.${verdict}`)}
      </span>
      <span className={classes.bar} aria-hidden>
        {steps.map((s) => {
          const at = stateOf(state[id], s);
          return <i key={s} data-at={at.at === 'done' ? (at.finding.ok ? 'green' : 'red') : at.at} />;
        })}
      </span>
      <span className={classes.figure}>
        {ms > 0 ? t('took', { ms: Math.round(ms) }) : t('count', { count: steps.length })}
      </span>
    </button>
  );
}
