import { Button, NumberInput, Switch } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, done, unwrap } from '@/api/client';
import type { PoolKey, PoolKeyChange } from '@/api/types';
import { dateTime, relative } from '@/shared/lib/format';
import { FaultNote } from '@/shared/ui/FaultNote';
import { keyState, verdict } from './names';
import { KEY } from './providers';
import classes from './ProvidersPage.module.css';

interface Props {
  provider: string;
  poolKey: PoolKey;
  onDelete: () => void;
}

/** One key of the pool. Those of the settings can be tested here, and changed there. */
export function KeyRow({ provider, poolKey: k, onDelete }: Props) {
  const { t } = useTranslation('admin');
  const client = useQueryClient();
  const params = { path: { name: provider, id: k.id } };
  const onSettled = () => client.invalidateQueries({ queryKey: KEY });
  const [weight, setWeight] = useState<number | string>(k.weight);
  const change = useMutation({
    onSettled,
    mutationFn: (body: PoolKeyChange) =>
      done(api.PUT('/api/admin/providers/{name}/keys/{id}', { params, body })),
  });
  const test = useMutation({
    meta: { quiet: true },
    onSettled,
    mutationFn: () => unwrap(api.POST('/api/admin/providers/{name}/keys/{id}/test', { params })),
  });
  const stored = k.source !== 'settings';
  const usable = k.state !== 'moved' && k.state !== 'shut';
  const saveWeight = () => {
    const wanted = Number(weight);
    if (weight !== '' && wanted !== k.weight) change.mutate({ weight: wanted });
    else setWeight(k.weight);
  };
  return (
    <li className={classes.row}>
      <i
        className={classes.dot}
        data-state={k.disabled ? 'off' : k.state === 'healthy' ? 'ok' : 'down'}
        aria-hidden
      />
      <div className={classes.keyName}>
        <strong>{k.name}</strong>{' '}
        {k.last4 ? (
          <code>
            {k.prefix}…{k.last4}
          </code>
        ) : null}
        <p>
          {k.disabled ? t('pool.disabled') : keyState(t, k.state)}
          {k.until ? (
            <span title={dateTime(k.until)}> · {t('pool.retry', { when: relative(k.until) })}</span>
          ) : null}
          {k.inFlight > 0 ? <span> · {t('pool.inFlight', { count: k.inFlight })}</span> : null}
          {stored ? null : <span> · {t('pool.fromSettings')}</span>}
        </p>
        {k.lastFault ? <p>{k.lastFault}</p> : null}
      </div>
      <div className={classes.rowActions}>
        {stored && usable ? (
          <>
            <span className={classes.quiet} aria-hidden>
              {t('pool.weight')}
            </span>
            <NumberInput
              size="xs"
              w={64}
              min={1}
              max={1000}
              allowDecimal={false}
              hideControls
              aria-label={t('pool.weightOf', { name: k.name })}
              value={weight}
              onChange={setWeight}
              onBlur={saveWeight}
              onKeyDown={(e) => (e.key === 'Enter' ? saveWeight() : undefined)}
            />
            <Switch
              size="sm"
              aria-label={t('pool.use', { name: k.name })}
              checked={
                change.isPending && change.variables.disabled != null
                  ? !change.variables.disabled
                  : !k.disabled
              }
              onChange={(e) => change.mutate({ disabled: !e.currentTarget.checked })}
            />
          </>
        ) : null}
        {usable ? (
          <Button
            size="compact-sm"
            variant="default"
            loading={test.isPending}
            aria-label={t('pool.testKey', { name: k.name })}
            onClick={() => test.mutate()}
          >
            {t('pool.test')}
          </Button>
        ) : null}
        {stored ? (
          <Button
            size="compact-sm"
            variant="subtle"
            color="coral"
            aria-label={t('pool.deleteKey', { name: k.name })}
            onClick={onDelete}
          >
            {t('pool.delete')}
          </Button>
        ) : null}
      </div>
      {test.data ? (
        <p className={classes.verdict} role="status" data-result={test.data.result}>
          {verdict(t, test.data.result)}
          {test.data.detail ? ` (${test.data.detail})` : ''}
        </p>
      ) : null}
      {test.isError ? <FaultNote error={test.error} /> : null}
    </li>
  );
}
