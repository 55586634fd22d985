import { Collapse, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdminProvider } from '@/api/types';
import { num } from '@/shared/lib/format';
import { Events } from './Events';
import { Keys } from './Keys';
import { health } from './names';
import classes from './ProvidersPage.module.css';

interface Props {
  provider: AdminProvider;
  opened: boolean;
  onToggle: () => void;
}

/** A provider in one line; opened, its keys and what happened to them. */
export function ProviderCard({ provider: p, opened, onToggle }: Props) {
  const { t } = useTranslation('admin');
  const id = useId();
  return (
    <li className={classes.card}>
      <UnstyledButton className={classes.line} aria-expanded={opened} aria-controls={id} onClick={onToggle}>
        <i className={classes.dot} data-state={p.state} aria-hidden />
        <span className={classes.name}>
          <strong>{p.name}</strong>
          <span>
            {p.host}
            {p.kinds.length > 0 ? ` · ${p.kinds.join(', ')}` : ''}
          </span>
        </span>
        <span className={classes.figures}>
          <span className={classes.state} data-state={p.state}>
            {health(t, p.state)}
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
      <Collapse expanded={opened} id={id}>
        {opened ? (
          <div className={classes.inside}>
            <Keys provider={p.name} pair={p.pair} />
            <Events provider={p.name} />
          </div>
        ) : null}
      </Collapse>
    </li>
  );
}
