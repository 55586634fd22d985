import type { Icon } from '@tabler/icons-react';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { EmptyState } from './EmptyState';
import { PagedList } from './PagedList';
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
  return (
    <Sheet title={title} subtitle={subtitle} action={cards.length > 0 ? action : null}>
      <PagedList
        list={list}
        count={cards.length}
        height={200}
        none={<EmptyState {...none}>{action}</EmptyState>}
      >
        <ul className={classes.list}>{cards}</ul>
      </PagedList>
      {children}
    </Sheet>
  );
}
