import { ActionIcon, Button, Loader, Menu } from '@mantine/core';
import {
  IconDots,
  IconDownload,
  IconFileText,
  IconPencil,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconReceipt2,
  IconTrash,
} from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Audio } from '@/api/types';
import { audioTrack } from '@/shared/generations/source';
import { bytes, clock, credits, dateTime, relative } from '@/shared/lib/format';
import { player, usePlayer } from '@/shared/player/player';
import { WaveformPlayer } from '@/shared/player/WaveformPlayer';
import { downloadAudio, downloadCaptions } from './downloads';
import { EditableTitle } from './EditableTitle';
import classes from './AudioRow.module.css';

interface Props {
  audio: Audio;
  fetchedAt: number;
  /** The row the J and K keys are at. */
  current: boolean;
  renaming: boolean;
  onRename: (title: string | null) => void;
  onStartRename: () => void;
  onOpen: (tab?: 'text' | 'receipt') => void;
  onTag: (tag: string) => void;
  onBin: () => void;
  /** In the bin a row can only come back. */
  onRestore?: (() => void) | undefined;
}

export function AudioRow(props: Props) {
  const { audio, fetchedAt, current, renaming, onRename, onStartRename, onOpen, onTag, onBin, onRestore } =
    props;
  const { t } = useTranslation('library');
  const { t: tc } = useTranslation();
  const row = useRef<HTMLLIElement>(null);
  const track = audioTrack(audio, fetchedAt);
  const { track: held, playing, waiting } = usePlayer(audio.id);

  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  return (
    <li
      ref={row}
      className={classes.root}
      data-current={current || undefined}
      aria-current={current || undefined}
    >
      {onRestore ? (
        <span />
      ) : (
        <ActionIcon
          className={classes.play ?? ''}
          variant={held ? 'filled' : 'default'}
          color="jade"
          radius="xl"
          size={36}
          aria-label={t(playing ? 'row.pause' : 'row.play', { title: audio.title })}
          onClick={() => player.toggle(track)}
        >
          {waiting && held ? (
            <Loader size={14} color="var(--on-accent)" />
          ) : playing ? (
            <IconPlayerPauseFilled size={16} />
          ) : (
            <IconPlayerPlayFilled size={16} />
          )}
        </ActionIcon>
      )}
      <div className={classes.main}>
        {renaming ? (
          <EditableTitle value={audio.title} onDone={onRename} />
        ) : (
          <button
            type="button"
            className={classes.title}
            onClick={() => onOpen()}
            disabled={Boolean(onRestore)}
          >
            {audio.title}
          </button>
        )}
        <p className={`${classes.facts} tnum`}>
          <span>{clock(audio.duration)}</span>
          <span>{audio.format.toUpperCase()}</span>
          <span>{bytes(audio.bytes)}</span>
          <span>{tc('credits.amount', { credits: credits(audio.credits) })}</span>
          <time dateTime={audio.createdAt} title={dateTime(audio.createdAt)}>
            {relative(audio.createdAt)}
          </time>
          {audio.tags.map((tag) => (
            <button key={tag} type="button" className={classes.tag} onClick={() => onTag(tag)}>
              {tag}
            </button>
          ))}
        </p>
      </div>
      {onRestore ? (
        <Button size="compact-sm" variant="light" onClick={onRestore}>
          {t('restore')}
        </Button>
      ) : (
        <div className={classes.actions}>
          <ActionIcon
            aria-label={t('row.download', { title: audio.title })}
            onClick={() => void downloadAudio(audio.id)}
          >
            <IconDownload size={17} stroke={1.7} />
          </ActionIcon>
          <Menu position="bottom-end" width={190} returnFocus={!renaming}>
            <Menu.Target>
              <ActionIcon aria-label={t('row.more', { title: audio.title })}>
                <IconDots size={17} stroke={1.7} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconFileText size={16} />} onClick={() => onOpen('text')}>
                {t('row.text')}
              </Menu.Item>
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={onStartRename}>
                {t('row.rename')}
              </Menu.Item>
              <Menu.Item leftSection={<IconReceipt2 size={16} />} onClick={() => onOpen('receipt')}>
                {tc('receipt.open')}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item onClick={() => void downloadCaptions(audio, 'srt')}>{t('row.srt')}</Menu.Item>
              <Menu.Item onClick={() => void downloadCaptions(audio, 'vtt')}>{t('row.vtt')}</Menu.Item>
              <Menu.Divider />
              <Menu.Item color="coral" leftSection={<IconTrash size={16} />} onClick={onBin}>
                {t('row.delete')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      )}
      {held ? (
        <div className={classes.player}>
          <WaveformPlayer track={track} peaks={audio.peaks} label={audio.title} compact />
        </div>
      ) : null}
    </li>
  );
}
