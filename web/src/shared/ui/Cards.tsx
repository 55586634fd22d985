import { Button, Skeleton } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from './EmptyState';
import { FaultNote } from './FaultNote';
import { Sheet } from './Sheet';
import classes from './Cards.module.css';

interface Props {
  title: string;
  subtitle: string;
  /** Where they come from. */
  list: UseInfiniteQueryResult<InfiniteData<unknown>>;
  /** Those that have come. */
  cards: readonly ReactNode[];
  /** Shown in place of the cards while there are none. */
  none: { icon: Icon; title: string; body: string };
  /** Makes a new one: beside the title, or in the middle of the empty page. */
  action: ReactNode;
  /** Dialogs. */
  children?: ReactNode;
}

/** A page of cards: what was made of one kind, newest first, and a button for another. */
export function CardsPage({ title, subtitle, list, cards, none, action, children }: Props) {
  const { t } = useTranslation();
  return (
    <Sheet title={title} subtitle={subtitle} action={cards.length > 0 ? action : null}>
      {list.isError ? <FaultNote error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton height={200} radius="lg" aria-label={t('loading')} /> : null}
      {list.isSuccess && cards.length === 0 ? <EmptyState {...none}>{action}</EmptyState> : null}
      {cards.length > 0 ? <ul className={classes.list}>{cards}</ul> : null}
      {list.hasNextPage ? (
        <Button
          variant="default"
          style={{ justifySelf: 'center' }}
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('more')}
        </Button>
      ) : null}
      {children}
    </Sheet>
  );
}
