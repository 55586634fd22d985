import { ActionIcon, Button, Menu, Progress, Tooltip } from '@mantine/core';
import {
  IconBooks,
  IconCode,
  IconDots,
  IconDownload,
  IconReceipt2,
  IconRestore,
  IconTrash,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { fetchAudio } from '@/shared/generations/source';
import { copyText } from '@/shared/lib/clipboard';
import { clock, credits } from '@/shared/lib/format';
import { fileName, saveLink } from '@/shared/lib/save';
import { WaveformPlayer } from '@/shared/player/WaveformPlayer';
import { faultText } from '@/shared/ui/faultText';
import { toast } from '@/shared/ui/toast';
import { VoiceOrb } from '@/shared/voices/VoiceOrb';
import { asCurl } from './curl';
import { isActive, takesStore, takeTrack, type Take } from './takes';
import classes from './TakeCard.module.css';

interface Props {
  take: Take;
  onDelete: () => void;
  onReuse: () => void;
}

export function TakeCard({ take, onDelete, onReuse }: Props) {
  const { t } = useTranslation('speech');
  const { t: tc } = useTranslation();
  const { request, audio, status, live } = take;
  const active = isActive(take);
  const percent = Math.round(take.progress * 100);
  const copy = () =>
    void copyText(asCurl(request, location.origin)).then(() => toast({ message: tc('copied') }));
  const download = async (id: string) => {
    try {
      const fresh = await fetchAudio(id);
      saveLink(fresh.url, fileName(fresh.title, request.format ?? 'mp3'));
    } catch (e) {
      toast({ message: faultText(e), tone: 'error' });
    }
  };
  const facts = [
    `${(request.speed ?? 1).toFixed(2)}×`,
    (request.format ?? 'mp3').toUpperCase(),
    ...(audio ? [clock(audio.duration), tc('credits.amount', { credits: credits(audio.credits) })] : []),
  ];

  return (
    <li className={classes.root} aria-busy={active}>
      <VoiceOrb id={request.voiceId} active={active} size={30} />
      <div className={classes.meta}>
        <strong>{take.voiceName}</strong>
        <span className="tnum">{facts.join(' · ')}</span>
        <p>{request.text.slice(0, 200)}</p>
      </div>
      <div className={classes.actions}>
        {active ? (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            onClick={() => void takesStore.cancel(take.key).catch(fail)}
          >
            {tc('cancel')}
          </Button>
        ) : null}
        {audio ? (
          <Tooltip label={t('take.download')}>
            <ActionIcon aria-label={t('take.download')} onClick={() => void download(audio.id)}>
              <IconDownload size={17} stroke={1.7} />
            </ActionIcon>
          </Tooltip>
        ) : null}
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <ActionIcon aria-label={t('take.more')}>
              <IconDots size={17} stroke={1.7} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconRestore size={16} />} onClick={onReuse}>
              {t('take.reuse')}
            </Menu.Item>
            <Menu.Item leftSection={<IconCode size={16} />} onClick={copy}>
              {t('take.curl')}
            </Menu.Item>
            {audio ? (
              <>
                <Menu.Item
                  renderRoot={(props) => <Link to="/library" search={{ open: audio.id }} {...props} />}
                  leftSection={<IconBooks size={16} />}
                >
                  {t('take.library')}
                </Menu.Item>
                <Menu.Item
                  renderRoot={(props) => (
                    <Link to="/library" search={{ open: audio.id, tab: 'receipt' }} {...props} />
                  )}
                  leftSection={<IconReceipt2 size={16} />}
                >
                  {tc('receipt.open')}
                </Menu.Item>
              </>
            ) : null}
            {active ? null : (
              <>
                <Menu.Divider />
                <Menu.Item color="coral" leftSection={<IconTrash size={16} />} onClick={onDelete}>
                  {t(audio ? 'take.delete' : 'take.dismiss')}
                </Menu.Item>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      </div>
      <div className={classes.stage}>
        {audio || live ? (
          <WaveformPlayer
            track={takeTrack(take)}
            peaks={audio?.peaks}
            label={t('player.group', { voice: take.voiceName })}
          />
        ) : status === 'failed' ? (
          <p role="alert" className="fault">
            {t('take.failed')} {take.error}
          </p>
        ) : status === 'canceled' ? (
          <p>{t('take.canceled')}</p>
        ) : null}
        {active ? (
          <div className={classes.running} role="status" data-live={live || undefined}>
            <span>{status === 'running' || live ? t('take.running', { percent }) : t('take.queued')}</span>
            <Progress value={percent} size={4} radius="xl" aria-label={t('take.running', { percent })} />
          </div>
        ) : null}
      </div>
    </li>
  );
}

const fail = (e: unknown) => toast({ message: faultText(e), tone: 'error' });
