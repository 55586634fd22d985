import { Badge, Button, Switch } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api, done, unwrap } from '@/api/client';
import type { ProviderKey } from '@/api/types';
import { dateTime, num, relative } from '@/shared/lib/format';
import { FaultNote } from '@/shared/ui/FaultNote';
import cards from '@/shared/ui/Cards.module.css';
import { LIST } from './providerKeys';
import classes from './ProviderKeysPage.module.css';

interface Props {
  providerKey: ProviderKey;
  onDelete: () => void;
}

/** One key, masked: whether it works, what it was used for, and a way to ask the provider. */
export function ProviderKeyCard({ providerKey: k, onDelete }: Props) {
  const { t } = useTranslation('providerKeys');
  const client = useQueryClient();
  const params = { path: { id: k.id } };
  const onSettled = () => client.invalidateQueries({ queryKey: LIST });
  const test = useMutation({
    meta: { quiet: true },
    onSettled,
    mutationFn: () => unwrap(api.POST('/api/keys/{id}/test', { params })),
  });
  const turn = useMutation({
    onSettled,
    mutationFn: (status: string) => done(api.PUT('/api/keys/{id}', { params, body: { status } })),
  });
  const refused = k.status === 'refused';
  const on = turn.isPending ? turn.variables === 'active' : k.status !== 'disabled';
  return (
    <li className={cards.card}>
      <div className={cards.head}>
        <strong>{k.keyName}</strong>
        <span className={classes.service}>{k.service}</span>
        <code>{k.keyValue}</code>
        {refused ? (
          <Badge color="coral" variant="light" tt="none">
            {t('refused')}
          </Badge>
        ) : null}
        <span className={cards.actions}>
          <Switch
            size="sm"
            aria-label={t('use', { name: k.keyName })}
            checked={on}
            onChange={(e) => turn.mutate(e.currentTarget.checked ? 'active' : 'disabled')}
          />
          <Button
            size="compact-sm"
            variant="default"
            loading={test.isPending}
            aria-label={t('testKey', { name: k.keyName })}
            onClick={() => test.mutate()}
          >
            {t('test')}
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            color="coral"
            aria-label={t('deleteKey', { name: k.keyName })}
            onClick={onDelete}
          >
            {t('delete')}
          </Button>
        </span>
      </div>
      <p className={cards.meta}>
        {k.baseUrl ? <span className={classes.url}>{k.baseUrl}</span> : null}
        <span {...(k.lastUsed ? { title: dateTime(k.lastUsed) } : {})}>
          {k.lastUsed ? t('lastUsed', { when: relative(k.lastUsed) }) : t('neverUsed')}
        </span>
        {k.usageStats.totalCalls > 0 ? (
          <span>
            {t('calls', {
              today: num(k.usageStats.dailyUsage),
              month: num(k.usageStats.monthlyUsage),
              total: num(k.usageStats.totalCalls),
            })}
          </span>
        ) : null}
      </p>
      {test.data ? (
        <p className={classes.verdict} role="status" data-result={test.data.result}>
          {t(`verdict.${test.data.result}`, { service: k.service })}
        </p>
      ) : null}
      {test.isError ? <FaultNote error={test.error} /> : null}
    </li>
  );
}
