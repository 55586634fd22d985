import { Button, Group, Modal, NativeSelect, NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import type { AdminOrder } from '@/api/types';
import { credits, dateTime, minorUnits, money } from '@/shared/lib/format';
import { providerName, stateName } from '@/shared/payments/payments';
import { FaultNote } from '@/shared/ui/FaultNote';
import fields from '@/shared/ui/Form.module.css';
import { toast } from '@/shared/ui/toast';
import {
  disputesQuery,
  periodsQuery,
  strayQuery,
  useDecide,
  useOrderTool,
  useRefund,
  type Tool,
} from './orders';
import classes from './OrdersPage.module.css';

/** One order with what the provider calls it, and what can be done about it by hand. Every deed has a reason. */
export function OrderTools({ order: a, onClose }: { order: AdminOrder; onClose: () => void }) {
  const { t } = useTranslation('orders');
  const { t: tc } = useTranslation();
  const { t: tp } = useTranslation('purchases');
  const paid = a.order.paidAt !== null;
  const tools = paid ? (['refund'] as const) : (['match', 'grant'] as const);
  const [tool, setTool] = useState<Tool['tool']>(tools[0]);
  const facts = [
    ['user', a.userId],
    ['checkout', a.checkoutId],
    ['payment', a.paymentId],
    ['subscription', a.subscriptionId],
    ['reference', a.reference],
  ] as const;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      radius="lg"
      title={t('order', { name: a.order.name, price: money(a.order.amount, a.order.currency) })}
      closeButtonProps={{ 'aria-label': tc('close') }}
    >
      <div className={fields.form}>
        <dl className={classes.facts}>
          <dt>{t('column.state')}</dt>
          <dd>
            {stateName(tp, a.order.state)}
            {a.order.refunded > 0
              ? ` · ${t('back', { amount: money(a.order.refunded, a.order.currency) })}`
              : ''}
            {a.clawed > 0 ? ` · ${t('clawed', { credits: credits(a.clawed) })}` : ''}
          </dd>
          <dt>{t('made')}</dt>
          <dd>{dateTime(a.order.createdAt)}</dd>
          <dt>{t('provider')}</dt>
          <dd>{providerName(a.order.provider)}</dd>
          {facts.map(([name, value]) =>
            value ? <FactRow key={name} name={t(`fact.${name}`)} value={value} /> : null,
          )}
        </dl>
        {a.order.state === 'disputed' ? <Disputes order={a} onDone={onClose} /> : null}
        {a.subscriptionId ? <Periods order={a} subscription={a.subscriptionId} onDone={onClose} /> : null}
        {tools.length > 1 ? (
          <SegmentedControl
            aria-label={t('tools')}
            value={tool}
            onChange={(v) => setTool(v === 'grant' ? 'grant' : 'match')}
            data={tools.map((v) => ({ value: v, label: t(`tool.${v}`) }))}
          />
        ) : null}
        <Deed key={tool} order={a} tool={tool} onDone={onClose} />
      </div>
    </Modal>
  );
}

/** What the bank holds, and the word on how it ended where the provider does not tell. */
function Disputes({ order: a, onDone }: { order: AdminOrder; onDone: () => void }) {
  const { t } = useTranslation('orders');
  const list = useQuery(disputesQuery(a.order.id));
  const decide = useDecide();
  const [reason, setReason] = useState('');
  const refused = decide.error instanceof ApiError ? decide.error : null;
  const open = (list.data?.items ?? []).find((d) => d.byHand);
  if (!open) return null;
  const send = (outcome: 'won' | 'lost') =>
    decide.mutate(
      { provider: open.provider, id: open.disputeId, outcome, reason: reason.trim() },
      {
        onSuccess: () => {
          toast({ message: t(`dispute.done.${outcome}`) });
          onDone();
        },
      },
    );
  return (
    <div className={classes.tool}>
      <h3>{t('dispute.title', { amount: money(open.amount, open.currency) })}</h3>
      <p>{t('dispute.about', { provider: providerName(open.provider) })}</p>
      {decide.isError ? <FaultNote error={decide.error} /> : null}
      <Reason value={reason} error={refused?.field('reason')} onChange={setReason} />
      <Group justify="flex-end">
        {(['won', 'lost'] as const).map((outcome) => (
          <Button
            key={outcome}
            color={outcome === 'won' ? 'jade' : 'coral'}
            loading={decide.isPending}
            disabled={reason.trim() === ''}
            onClick={() => send(outcome)}
          >
            {t(`dispute.${outcome}`)}
          </Button>
        ))}
      </Group>
    </div>
  );
}

/** Later periods of a plan, each of which can be given back whole. */
function Periods({
  order: a,
  subscription,
  onDone,
}: {
  order: AdminOrder;
  subscription: string;
  onDone: () => void;
}) {
  const { t } = useTranslation('orders');
  const list = useQuery(periodsQuery(subscription));
  const refund = useRefund();
  const [chosen, setChosen] = useState('');
  const [reason, setReason] = useState('');
  const refused = refund.error instanceof ApiError ? refund.error : null;
  const later = (list.data?.items ?? []).filter(
    (p) => p.orderId === null && p.refunded + p.disputed < p.amount,
  );
  if (later.length === 0) return null;
  return (
    <form
      className={classes.tool}
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        refund.mutate(
          { id: chosen, reason: reason.trim(), amount: null },
          {
            onSuccess: () => {
              toast({ message: t('done.refund') });
              onDone();
            },
          },
        );
      }}
    >
      <h3>{t('periods.title')}</h3>
      <p>{t('about.refund', { provider: providerName(a.order.provider) })}</p>
      {refund.isError ? <FaultNote error={refund.error} /> : null}
      <NativeSelect
        label={t('periods.period')}
        value={chosen}
        onChange={(e) => setChosen(e.currentTarget.value)}
        data={[
          { value: '', label: t('periods.choose') },
          ...later.map((p) => ({
            value: p.id,
            label: `${dateTime(p.paidAt)} · ${money(p.amount - p.refunded - p.disputed, p.currency)}`,
          })),
        ]}
      />
      <Reason value={reason} error={refused?.field('reason')} onChange={setReason} />
      <Group justify="flex-end">
        <Button
          type="submit"
          color="coral"
          loading={refund.isPending}
          disabled={chosen === '' || reason.trim() === ''}
        >
          {t('periods.do')}
        </Button>
      </Group>
    </form>
  );
}

function FactRow({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
      </dd>
    </>
  );
}

function Deed({ order: a, tool, onDone }: { order: AdminOrder; tool: Tool['tool']; onDone: () => void }) {
  const { t } = useTranslation('orders');
  const use = useOrderTool(a.order.id);
  const [reason, setReason] = useState('');
  const [amount, setAmount] = useState<number | string>('');
  const [event, setEvent] = useState('');
  const strays = useQuery({ ...strayQuery, enabled: tool === 'match' });
  const refused = use.error instanceof ApiError ? use.error : null;
  const ready = tool === 'match' ? event !== '' : reason.trim() !== '';
  const send = () => {
    if (!ready) return;
    const what: Tool =
      tool === 'match'
        ? { tool, webhookId: event }
        : tool === 'grant'
          ? { tool, reason: reason.trim() }
          : {
              tool,
              reason: reason.trim(),
              amount: amount === '' ? null : minorUnits(Number(amount), a.order.currency),
            };
    use.mutate(what, {
      onSuccess: () => {
        toast({ message: t(`done.${tool}`) });
        onDone();
      },
    });
  };
  return (
    <form
      className={classes.tool}
      noValidate
      onSubmit={(e) => {
        e.preventDefault();
        send();
      }}
    >
      <h3>{t(`tool.${tool}`)}</h3>
      <p>
        {t(`about.${tool}`, { credits: credits(a.order.credits), provider: providerName(a.order.provider) })}
      </p>
      {use.isError ? <FaultNote error={use.error} /> : null}
      {tool === 'match' ? (
        <NativeSelect
          label={t('event')}
          error={refused?.field('webhookId')}
          value={event}
          onChange={(e) => setEvent(e.currentTarget.value)}
          data={[
            { value: '', label: t(strays.data?.length === 0 ? 'noEvents' : 'chooseEvent') },
            ...(strays.data ?? [])
              .filter((s) => s.provider === a.order.provider)
              .map((s) => ({
                value: s.id,
                label: `${s.type} · ${dateTime(s.eventAt)} · ${s.error ?? s.state}`,
              })),
          ]}
        />
      ) : (
        <Reason value={reason} error={refused?.field('reason')} onChange={setReason} />
      )}
      {tool === 'refund' ? (
        <NumberInput
          label={t('amount', { currency: a.order.currency.toUpperCase() })}
          description={t('amountHint')}
          min={0}
          decimalScale={2}
          allowNegative={false}
          hideControls
          error={refused?.field('amount')}
          value={amount}
          onChange={setAmount}
        />
      ) : null}
      <Group justify="flex-end">
        <Button
          type="submit"
          color={tool === 'refund' ? 'coral' : 'jade'}
          loading={use.isPending}
          disabled={!ready}
        >
          {t(`do.${tool}`)}
        </Button>
      </Group>
    </form>
  );
}

interface ReasonProps {
  value: string;
  error: string | undefined;
  onChange: (reason: string) => void;
}

/** Why it is done by hand; it is written down with the deed. */
function Reason({ value, error, onChange }: ReasonProps) {
  const { t } = useTranslation('orders');
  return (
    <TextInput
      label={t('reason')}
      description={t('reasonHint')}
      maxLength={500}
      required
      error={error}
      value={value}
      onChange={(e) => onChange(e.currentTarget.value)}
    />
  );
}
