import { Button, Drawer, Skeleton, Tabs, TagsInput } from '@mantine/core';
import { IconDownload, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Audio } from '@/api/types';
import { audioTrack } from '@/shared/generations/source';
import { WaveformPlayer } from '@/shared/player/WaveformPlayer';
import { Receipt } from '@/shared/receipt/Receipt';
import { FaultNote } from '@/shared/ui/FaultNote';
import { audioQuery, useUpdateAudio } from './audios';
import { downloadAudio, downloadCaptions } from './downloads';
import { TextEditor } from './TextEditor';
import classes from './AudioPanel.module.css';

const MAX_TAGS = 20;
/** Characters of one tag. The field keeps to it while typing; a pasted list is cut into tags past it. */
const MAX_TAG = 50;

interface Props {
  id: string;
  tab: 'text' | 'receipt';
  onTab: (tab: 'text' | 'receipt') => void;
  onClose: () => void;
  onBin: (audio: Audio) => void;
}

/** One sound, whole: hear it, correct its text, tag it, take it away, see what it cost. */
export function AudioPanel({ id, tab, onTab, onClose, onBin }: Props) {
  const { t } = useTranslation('library');
  const { t: tc } = useTranslation();
  const query = useQuery(audioQuery(id));
  const update = useUpdateAudio();
  const audio = query.data;

  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={600}
      padding="lg"
      title={audio?.title ?? tc('loading')}
      closeButtonProps={{ 'aria-label': tc('close') }}
      classNames={{
        title: classes.title ?? '',
        content: classes.content ?? '',
        header: classes.header ?? '',
      }}
    >
      {query.isError ? <FaultNote error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <Skeleton height={220} radius="md" aria-label={tc('loading')} /> : null}
      {audio ? (
        <div className={classes.root}>
          <WaveformPlayer
            track={audioTrack(audio, query.dataUpdatedAt)}
            peaks={audio.peaks}
            label={audio.title}
          />
          <TagsInput
            label={t('tags.label')}
            placeholder={audio.tags.length === 0 ? t('tags.placeholder') : ''}
            maxTags={MAX_TAGS}
            maxLength={MAX_TAG}
            // the tags of the sound itself, so that one the server refuses leaves the field again
            value={audio.tags}
            onChange={(tags) => update.mutate({ id, tags: tags.filter((x) => x.length <= MAX_TAG) })}
          />
          <div className={classes.actions}>
            <Button
              variant="default"
              size="compact-md"
              leftSection={<IconDownload size={16} />}
              onClick={() => void downloadAudio(id)}
            >
              {t('panel.download')}
            </Button>
            <Button variant="default" size="compact-md" onClick={() => void downloadCaptions(audio, 'srt')}>
              SRT
            </Button>
            <Button variant="default" size="compact-md" onClick={() => void downloadCaptions(audio, 'vtt')}>
              VTT
            </Button>
            <Button
              variant="subtle"
              color="coral"
              size="compact-md"
              leftSection={<IconTrash size={16} />}
              onClick={() => onBin(audio)}
            >
              {t('row.delete')}
            </Button>
          </div>
          <Tabs value={tab} onChange={(v) => onTab(v === 'receipt' ? 'receipt' : 'text')}>
            <Tabs.List>
              <Tabs.Tab value="text">{t('panel.text')}</Tabs.Tab>
              <Tabs.Tab value="receipt">{tc('receipt.title')}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="text" pt="md">
              <TextEditor key={audio.generationId} audio={audio} />
            </Tabs.Panel>
            <Tabs.Panel value="receipt" pt="md">
              {tab === 'receipt' ? <Receipt generationId={audio.generationId} /> : null}
            </Tabs.Panel>
          </Tabs>
        </div>
      ) : null}
    </Drawer>
  );
}
