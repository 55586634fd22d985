import { Badge, Button, Code, NativeSelect, Skeleton, Table, TextInput } from '@mantine/core';
import { IconWebhook } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/client';
import type { Sale, Webhook } from '@/api/types';
import { dateTime, money, relative } from '@/shared/lib/format';
import { providerName } from '@/shared/payments/payments';
import { CopyButton } from '@/shared/ui/CopyButton';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FaultNote } from '@/shared/ui/FaultNote';
import { PagedList } from '@/shared/ui/PagedList';
import ledger from '@/shared/ui/Ledger.module.css';
import { Sheet } from '@/shared/ui/Sheet';
import {
  bodyQuery,
  eventState,
  infoQuery,
  useAssign,
  useReplay,
  WEBHOOK_STATES,
  webhooksQuery,
} from './webhooks';
import classes from './WebhooksPage.module.css';

const route = getRouteApi('/app/admin/webhooks');

/** What the payment providers told, what became of it, and where they are to tell it. */
export function WebhooksPage() {
  const { t } = useTranslation('orders');
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery({ ...webhooksQuery(filter), placeholderData: keepPreviousData });
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Sheet title={t('webhooks.title')} subtitle={t('webhooks.subtitle')}>
      <Endpoints />
      <NativeSelect
        className={classes.filter ?? ''}
        aria-label={t('state')}
        value={filter.state ?? ''}
        onChange={(e) => {
          const state = WEBHOOK_STATES.find((s) => s === e.currentTarget.value);
          void navigate({ search: (s) => ({ ...s, state }), replace: true });
        }}
        data={[
          { value: '', label: t('allStates') },
          ...WEBHOOK_STATES.map((s) => ({ value: s, label: t(`webhooks.${s}`) })),
        ]}
      />
      <PagedList
        list={list}
        count={items.length}
        height={280}
        none={<EmptyState icon={IconWebhook} title={t('webhooks.none')} body={t('webhooks.noneBody')} />}
      >
        <Table.ScrollContainer minWidth={0}>
          <Table verticalSpacing={10} className={ledger.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('column.at')}</Table.Th>
                <Table.Th>{t('column.event')}</Table.Th>
                <Table.Th>{t('column.state')}</Table.Th>
                <Table.Th>
                  <span className="sr-only">{t('webhooks.look')}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((w) => (
                <Fragment key={w.id}>
                  <Row webhook={w} open={open === w.id} onOpen={() => setOpen(open === w.id ? null : w.id)} />
                  {open === w.id ? <Detail webhook={w} /> : null}
                </Fragment>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </PagedList>
    </Sheet>
  );
}

/** The addresses to register with the providers. */
function Endpoints() {
  const { t } = useTranslation('orders');
  const info = useQuery(infoQuery);
  if (!info.data || info.data.endpoints.length === 0) return null;
  return (
    <ul className={classes.endpoints} aria-label={t('webhooks.addresses')}>
      {info.data.endpoints.map((e) => (
        <li key={e.provider}>
          <strong>{providerName(e.provider)}</strong>
          <code>{e.url}</code>
          <CopyButton text={e.url} label={t('webhooks.copy', { provider: providerName(e.provider) })} />
          <span>
            {e.lastReceivedAt
              ? t('webhooks.last', { when: relative(e.lastReceivedAt) })
              : t('webhooks.never')}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Row({ webhook: w, open, onOpen }: { webhook: Webhook; open: boolean; onOpen: () => void }) {
  const { t } = useTranslation('orders');
  const state = eventState(w.state);
  return (
    <Table.Tr>
      <Table.Td>
        <time dateTime={w.receivedAt} title={dateTime(w.receivedAt)}>
          {relative(w.receivedAt)}
        </time>
      </Table.Td>
      <Table.Td className={classes.event}>
        {w.type}
        <span className={ledger.detail}>{providerName(w.provider)}</span>
        {w.error ? <p>{w.error}</p> : null}
      </Table.Td>
      <Table.Td>
        <Badge
          color={state === 'applied' ? 'jade' : state === 'refused' ? 'coral' : 'gray'}
          variant="light"
          tt="none"
        >
          {state ? t(`webhooks.${state}`) : w.state}
        </Badge>
      </Table.Td>
      <Table.Td className={ledger.number}>
        <Button
          size="compact-sm"
          variant="default"
          aria-expanded={open}
          aria-label={`${t('webhooks.look')}: ${w.eventId}`}
          onClick={onOpen}
        >
          {t('webhooks.look')}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

function Detail({ webhook: w }: { webhook: Webhook }) {
  const { t } = useTranslation('orders');
  const body = useQuery(bodyQuery(w.id));
  const replay = useReplay(w.id);
  return (
    <Table.Tr>
      <Table.Td colSpan={4}>
        <div className={classes.detail}>
          <p>
            <code>{w.eventId}</code>
            {w.orderId ? <code>{w.orderId}</code> : null}
            <span>{t('webhooks.attempts', { count: w.attempts })}</span>
            {w.nextAttemptAt ? <span>{t('webhooks.next', { when: relative(w.nextAttemptAt) })}</span> : null}
          </p>
          {body.isPending ? <Skeleton height={120} radius="md" /> : null}
          {body.isError ? <FaultNote error={body.error} /> : null}
          {body.data?.sale ? <SaleOf webhook={w} sale={body.data.sale} /> : null}
          {body.data ? <Code block>{pretty(body.data.body)}</Code> : null}
          {replay.isError ? <FaultNote error={replay.error} /> : null}
          <Button variant="default" size="sm" loading={replay.isPending} onClick={() => replay.mutate()}>
            {t('webhooks.replay')}
          </Button>
        </div>
      </Table.Td>
    </Table.Tr>
  );
}

/** Who paid, for what and how much; while nobody is found, the form that gives it to somebody. */
function SaleOf({ webhook: w, sale }: { webhook: Webhook; sale: Sale }) {
  const { t } = useTranslation('orders');
  const assign = useAssign(w.id);
  const [user, setUser] = useState('');
  const [reason, setReason] = useState('');
  const refused = assign.error instanceof ApiError ? assign.error : null;
  return (
    <>
      <p>
        <strong>{sale.item ?? sale.product}</strong>
        <span>{money(sale.amount, sale.currency)}</span>
        <span>{dateTime(sale.paidAt)}</span>
        {sale.email ? <span>{sale.email}</span> : null}
        {sale.orderId ? <code>{sale.orderId}</code> : null}
      </p>
      {eventState(w.state) === 'waiting' ? (
        <form
          className={classes.assign}
          noValidate
          onSubmit={(e) => {
            e.preventDefault();
            assign.mutate({ userId: user.trim(), reason: reason.trim() });
          }}
        >
          {assign.isError ? <FaultNote error={assign.error} /> : null}
          <TextInput
            label={t('user')}
            required
            error={refused?.field('userId')}
            value={user}
            onChange={(e) => setUser(e.currentTarget.value)}
          />
          <TextInput
            label={t('reason')}
            description={t('webhooks.assignHint')}
            maxLength={500}
            required
            error={refused?.field('reason')}
            value={reason}
            onChange={(e) => setReason(e.currentTarget.value)}
          />
          <Button
            type="submit"
            size="sm"
            loading={assign.isPending}
            disabled={user.trim() === '' || reason.trim() === ''}
          >
            {t('webhooks.assign')}
          </Button>
        </form>
      ) : null}
    </>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
