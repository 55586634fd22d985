import { Collapse, Skeleton, Switch, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import type { AdminProvider } from '@/api/types';
import { num } from '@/shared/lib/format';
import { ConfirmModal } from '@/shared/ui/ConfirmModal';
import { toast } from '@/shared/ui/toast';
import { kindName } from '../kinds';
import { Events } from './Events';
import { health } from './names';
import { KEY } from './providers';
import classes from './ProvidersPage.module.css';

const Keys = lazy(async () => ({ default: (await import('./Keys')).Keys }));

interface Props {
  provider: AdminProvider;
  opened: boolean;
  onToggle: () => void;
}

/** Off takes its models from everybody, so it is asked about; on does not. */
function OnOff({ provider: p }: { provider: AdminProvider }) {
  const { t } = useTranslation('admin');
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const change = useMutation({
    meta: { quiet: asking },
    mutationFn: (disabled: boolean) =>
      unwrap(
        api.PUT('/api/admin/providers/{name}', { params: { path: { name: p.name } }, body: { disabled } }),
      ),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: KEY }),
        client.invalidateQueries({ queryKey: ['admin', 'models'] }),
      ]),
    onSuccess: (now) => {
      setAsking(false);
      toast({
        id: `provider-${p.name}`,
        message: t(now.disabled ? 'providers.isOff' : 'providers.isOn', { name: p.name }),
      });
    },
  });
  return (
    <>
      <Switch
        size="sm"
        aria-label={t('providers.give', { name: p.name })}
        checked={change.isPending ? !change.variables : !p.disabled}
        onChange={(e) => {
          change.reset();
          if (e.currentTarget.checked) change.mutate(false);
          else setAsking(true);
        }}
      />
      <ConfirmModal
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('providers.offTitle', { name: p.name })}
        action={t('providers.offAction')}
        loading={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate(true)}
      >
        {t('providers.offBody')}
      </ConfirmModal>
    </>
  );
}

/** A provider in one line; opened, its keys and what happened to them. */
export function ProviderCard({ provider: p, opened, onToggle }: Props) {
  const { t } = useTranslation('admin');
  const id = useId();
  return (
    <li className={classes.card} data-off={p.disabled || undefined}>
      <div className={classes.top}>
        <UnstyledButton className={classes.line} aria-expanded={opened} aria-controls={id} onClick={onToggle}>
          <i className={classes.dot} data-state={p.state} aria-hidden />
          <span className={classes.name}>
            <strong>{p.name}</strong>
            <span>
              {p.host}
              {p.kinds.length > 0 ? ` · ${p.kinds.map((k) => kindName(t, k)).join(', ')}` : ''}
            </span>
          </span>
          <span className={classes.figures}>
            <span className={classes.state} data-state={p.state}>
              {p.disabled ? t('providers.disabled') : health(t, p.state)}
            </span>
            {p.state === 'off' ? null : (
              <>
                <span>{t('providers.keys', { healthy: num(p.keys.healthy), total: num(p.keys.total) })}</span>
                <span>{t('providers.calls', { count: p.calls })}</span>
                {p.errors > 0 ? <span data-bad>{t('providers.errors', { count: p.errors })}</span> : null}
                {p.firstByteMs === null ? null : (
                  <span>
                    {t('providers.firstByte', { ms: num(p.firstByteMs, { maximumFractionDigits: 0 }) })}
                  </span>
                )}
              </>
            )}
          </span>
          <IconChevronDown size={18} aria-hidden data-opened={opened || undefined} />
        </UnstyledButton>
        <OnOff provider={p} />
      </div>
      <Collapse expanded={opened} id={id}>
        {opened ? (
          <div className={classes.inside}>
            <Suspense fallback={<Skeleton height={72} radius="md" />}>
              <Keys provider={p.name} pair={p.pair} />
            </Suspense>
            <Events provider={p.name} />
          </div>
        ) : null}
      </Collapse>
    </li>
  );
}
