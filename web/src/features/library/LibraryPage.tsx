import { Button, CloseButton, NativeSelect, Skeleton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconBooks, IconSearch, IconTrash, IconX } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Audio } from '@/api/types';
import { SORTS } from '@/app/search';
import { useKeys } from '@/shared/hooks/useKeys';
import { audioTrack } from '@/shared/generations/source';
import { player } from '@/shared/player/player';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FaultNote } from '@/shared/ui/FaultNote';
import { AudioRow } from './AudioRow';
import { audiosQuery, useBinAudio, useRestoreAudio, useUpdateAudio } from './audios';
import classes from './LibraryPage.module.css';

const AudioPanel = lazy(async () => ({ default: (await import('./AudioPanel')).AudioPanel }));
const route = getRouteApi('/app/library');
const NONE: Audio[] = [];

export function LibraryPage() {
  const { t } = useTranslation('library');
  const { t: tc } = useTranslation();
  const navigate = route.useNavigate();
  const { q, tag, sort, bin, open, tab } = route.useSearch();
  const [needle, setNeedle] = useState(q ?? '');
  const [at, setAt] = useState<string | null>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const find = useRef<HTMLInputElement>(null);

  const list = useInfiniteQuery({ ...audiosQuery({ q, tag, sort, bin }), placeholderData: keepPreviousData });
  const items = list.data?.pages.flatMap((p) => p.items) ?? NONE;
  const update = useUpdateAudio();
  const toBin = useBinAudio();
  const restore = useRestoreAudio();

  const search = useDebouncedCallback((text: string) => {
    void navigate({ search: (s) => ({ ...s, q: text.trim() === '' ? undefined : text }), replace: true });
  }, 250);
  const show = (id: string | undefined, page?: 'text' | 'receipt') =>
    void navigate({ search: (s) => ({ ...s, open: id, tab: page }), replace: id === undefined });

  const step = (by: number) => {
    const i = items.findIndex((a) => a.id === at);
    const next = items[i < 0 ? 0 : Math.min(items.length - 1, Math.max(0, i + by))];
    if (next) setAt(next.id);
    if (by > 0 && i >= items.length - 2 && list.hasNextPage && !list.isFetching) void list.fetchNextPage();
  };
  const current = items.find((a) => a.id === at);
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    Space: () => {
      const chosen = current ?? items[0];
      if (chosen && !bin) player.toggle(audioTrack(chosen, list.dataUpdatedAt));
    },
    enter: () => {
      if (current && !bin) show(current.id);
    },
    '/': () => find.current?.focus(),
  });

  const filtered = Boolean(q ?? tag);
  return (
    <div className={classes.sheet}>
      <header className={classes.head}>
        <h1>{t(bin ? 'bin.title' : 'title')}</h1>
        {bin ? <p className={classes.note}>{t('bin.note')}</p> : null}
        <div className={classes.tools}>
          <TextInput
            ref={find}
            className={classes.search ?? ''}
            aria-label={t('search')}
            placeholder={t('search')}
            leftSection={<IconSearch size={15} />}
            rightSection={
              needle === '' ? null : (
                <CloseButton
                  size="sm"
                  aria-label={t('clearSearch')}
                  onClick={() => {
                    setNeedle('');
                    search('');
                  }}
                />
              )
            }
            value={needle}
            onChange={(e) => {
              setNeedle(e.currentTarget.value);
              search(e.currentTarget.value);
            }}
          />
          {tag ? (
            <Button
              variant="light"
              rightSection={<IconX size={14} />}
              aria-label={t('clearTag', { tag })}
              onClick={() => void navigate({ search: (s) => ({ ...s, tag: undefined }) })}
            >
              {tag}
            </Button>
          ) : null}
          <NativeSelect
            aria-label={t('sort.label')}
            value={sort ?? 'newest'}
            onChange={(e) => {
              const next = SORTS.find((s) => s === e.currentTarget.value);
              void navigate({ search: (s) => ({ ...s, sort: next === 'newest' ? undefined : next }) });
            }}
            data={SORTS.map((value) => ({ value, label: t(`sort.${value}`) }))}
          />
          <Button
            renderRoot={(props) => <Link to="/library" search={bin ? {} : { bin: true }} {...props} />}
            variant="subtle"
            color="gray"
            leftSection={bin ? <IconBooks size={16} /> : <IconTrash size={16} />}
          >
            {t(bin ? 'bin.leave' : 'bin.open')}
          </Button>
        </div>
      </header>

      {list.isError ? (
        <div className={classes.fault}>
          <FaultNote error={list.error} onRetry={() => void list.refetch()} />
        </div>
      ) : null}
      {list.isPending ? (
        <div className={classes.skeletons} aria-busy aria-label={tc('loading')}>
          {Array.from({ length: 6 }, (_, i) => (
            <Skeleton key={i} height={44} radius="md" />
          ))}
        </div>
      ) : items.length === 0 && !list.isError ? (
        <div className={classes.empty}>
          {filtered ? (
            <EmptyState icon={IconSearch} title={t('none.title')} body={t('none.body')} />
          ) : bin ? (
            <EmptyState icon={IconTrash} title={t('bin.empty')} body={t('bin.emptyBody')} />
          ) : (
            <EmptyState icon={IconBooks} title={t('empty.title')} body={t('empty.body')}>
              <Button component={Link} to="/studio/speech">
                {t('empty.go')}
              </Button>
            </EmptyState>
          )}
        </div>
      ) : (
        <ul className={classes.list} aria-label={t('title')} data-stale={list.isPlaceholderData || undefined}>
          {items.map((audio) => (
            <AudioRow
              key={audio.id}
              audio={audio}
              fetchedAt={list.dataUpdatedAt}
              current={audio.id === at}
              renaming={renaming === audio.id}
              onStartRename={() => setRenaming(audio.id)}
              onRename={(title) => {
                setRenaming(null);
                if (title) update.mutate({ id: audio.id, title });
              }}
              onOpen={(page) => show(audio.id, page)}
              onTag={(next) => void navigate({ search: (s) => ({ ...s, tag: next }) })}
              onBin={() => void toBin(audio)}
              onRestore={bin ? () => void restore(audio) : undefined}
            />
          ))}
        </ul>
      )}
      {list.hasNextPage ? (
        <div className={classes.more}>
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {tc('more')}
          </Button>
        </div>
      ) : null}
      {open ? (
        <Suspense>
          <AudioPanel
            key={open}
            id={open}
            tab={tab ?? 'text'}
            onTab={(next) => show(open, next)}
            onClose={() => show(undefined)}
            onBin={(audio) => {
              show(undefined);
              void toBin(audio);
            }}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
