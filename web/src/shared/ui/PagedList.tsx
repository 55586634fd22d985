import { Button, Skeleton } from '@mantine/core';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FaultNote } from './FaultNote';

interface Props {
  /** Where the lines come from. */
  list: UseInfiniteQueryResult<InfiniteData<unknown>>;
  /** How many have come. */
  count: number;
  /** Shown in place of the list while there is none. */
  none: ReactNode;
  /** Of the grey sheet that stands in while the first page comes, in pixels. */
  height?: number;
  children: ReactNode;
}

/** A list that comes page by page: its fault, its waiting, its emptiness and its next page. */
export function PagedList({ list, count, none, height = 320, children }: Props) {
  const { t } = useTranslation();
  return (
    <>
      {list.isError ? <FaultNote error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton height={height} radius="lg" aria-label={t('loading')} /> : null}
      {list.isSuccess && count === 0 ? none : null}
      {count > 0 ? children : null}
      {list.hasNextPage ? (
        <Button
          style={{ justifySelf: 'center' }}
          variant="default"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('more')}
        </Button>
      ) : null}
    </>
  );
}
