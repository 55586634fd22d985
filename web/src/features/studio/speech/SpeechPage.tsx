import { Button, Progress } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { IconWaveSine } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ApiError, done } from '@/api/client';
import type { SpeechFormat, SpeechRequest } from '@/api/types';
import { currentLang } from '@/i18n';
import { modKey, useKeys } from '@/shared/hooks/useKeys';
import { useCredits, useMe } from '@/shared/hooks/useSession';
import { countChars } from '@/shared/lib/format';
import { player } from '@/shared/player/player';
import { useQuote } from '@/shared/quote/useQuote';
import { CostLine } from '@/shared/ui/CostLine';
import { EmptyState } from '@/shared/ui/EmptyState';
import { FaultNote } from '@/shared/ui/FaultNote';
import { faultText } from '@/shared/ui/faultText';
import { toast } from '@/shared/ui/toast';
import { voicesQuery } from '@/shared/voices/voices';
import { Delivery } from './Delivery';
import { PayWith } from './PayWith';
import { MAX_CHARS, ScriptEditor } from './ScriptEditor';
import { isActive, takesStore, takeTrack, useTakes, type Take } from './takes';
import { useDraft } from './useDraft';
import { defaultVoice } from './voiceFilter';
import { VoicePicker } from './VoicePicker';
import classes from './SpeechPage.module.css';

const TakeCard = lazy(async () => ({ default: (await import('./TakeCard')).TakeCard }));
const route = getRouteApi('/app/studio/speech');

export function SpeechPage() {
  const { t } = useTranslation('speech');
  const navigate = route.useNavigate();
  const { voice: wanted, own: wantsOwn } = route.useSearch();
  const [text, writeText] = useDraft();
  const [speed, changeSpeed] = useState(1);
  const [format, changeFormat] = useState<SpeechFormat>('mp3');

  const ownVoices = useQuery(voicesQuery(true)).data;
  const hasOwn = ownVoices !== undefined && ownVoices.length > 0;
  const own = wantsOwn === true && (hasOwn || ownVoices === undefined);
  const voicesResult = useQuery(voicesQuery(own));
  const voices = voicesResult.data;
  const voice = voices?.find((v) => v.id === wanted) ?? defaultVoice(voices ?? [], currentLang());
  const balance = useCredits()?.remainingCredits;
  const me = useMe();
  const { takes, problem } = useTakes();

  useEffect(() => {
    if (me) takesStore.restore(me.id);
  }, [me]);

  // what was refused was said of another request than the one that stands here now
  const setText = (v: string) => {
    takesStore.clearProblem();
    writeText(v);
  };
  const setSpeed = (v: number) => {
    takesStore.clearProblem();
    changeSpeed(v);
  };
  const setFormat = (v: SpeechFormat) => {
    takesStore.clearProblem();
    changeFormat(v);
  };
  const setVoice = (search: { voice?: string | undefined; own?: true | undefined }, replace = true) => {
    takesStore.clearProblem();
    void navigate({ search, replace });
  };

  const empty = text.trim() === '';
  const tooLong = text.length > MAX_CHARS && countChars(text) > MAX_CHARS;
  const request: SpeechRequest = {
    text,
    voiceId: voice?.id ?? '',
    speed,
    format,
    ...(own ? { ownKey: true } : {}),
  };
  const quote = useQuote(request, !empty && !tooLong);

  const refused = problem ?? quote.error;
  const textProblem = refused instanceof ApiError ? refused.field('text') : undefined;
  // said of this very text; what was said of an earlier one does not hold the button
  const unspeakable =
    !empty && !quote.settling && quote.error instanceof ApiError && quote.error.field('text') !== undefined;
  const ready = !empty && !tooLong && !unspeakable && voice !== undefined;

  const running = takes.find(isActive);
  const percent = Math.round((running?.progress ?? 0) * 100);
  const submit = () => {
    if (!ready || running) return;
    void takesStore.generate(request, voice.name);
  };
  useHotkeys([['mod+Enter', submit]], []);
  useKeys({
    Space: () => {
      const playable = takes.find((x) => player.holds(x.key)) ?? takes.find((x) => x.audio ?? x.live);
      if (playable) player.toggle(takeTrack(playable));
    },
  });

  const remove = (take: Take) => {
    const back = takesStore.remove(take.key);
    const id = take.audio?.id;
    if (id) void binAudio(id).catch(undo);
    toast({
      message: t(id ? 'take.deleted' : 'take.dismissed'),
      action: { label: t('undo', { ns: 'common' }), run: again },
    });
    function again() {
      back();
      if (id) void restoreAudio(id).catch((e: unknown) => toast({ message: faultText(e), tone: 'error' }));
    }
    function undo(e: unknown) {
      back();
      toast({ message: faultText(e), tone: 'error' });
    }
  };

  return (
    <div className={classes.sheet}>
      <div className={classes.work}>
        <header className={classes.head}>
          <h1>{t('title')}</h1>
          <p>{t('subtitle')}</p>
        </header>

        <ScriptEditor value={text} onChange={setText} speed={speed} problem={textProblem} />

        {refused && !textProblem ? (
          <div className={classes.problem}>
            <FaultNote
              error={refused}
              price={quote.data?.credits}
              balance={balance}
              onRetry={problem ? submit : () => void quote.refetch()}
            />
          </div>
        ) : null}

        <div className={classes.bar}>
          <CostLine
            quote={empty || tooLong ? undefined : quote.data}
            balance={balance}
            empty={unspeakable ? '' : t('cost.empty')}
            settling={!empty && quote.settling}
          />
          <Button
            size="md"
            className={classes.generate ?? ''}
            onClick={submit}
            disabled={!ready}
            aria-disabled={running !== undefined}
            leftSection={<IconWaveSine size={18} stroke={2} />}
            rightSection={running ? null : <kbd className={classes.kbd}>{modKey} ↵</kbd>}
          >
            <span className={classes.long}>{running ? t('generating', { percent }) : t('generate')}</span>
            <span className={classes.short}>{running ? `${percent} %` : t('generate.short')}</span>
          </Button>
          {running ? (
            <Progress
              className={classes.progress ?? ''}
              value={percent}
              size={3}
              radius={0}
              aria-label={t('generating', { percent })}
            />
          ) : null}
        </div>

        <section aria-labelledby="takes" className={classes.takes}>
          <h2 id="takes">
            {t('takes.title')} {takes.length > 0 ? <span className="tnum">{takes.length}</span> : null}
          </h2>
          {takes.length === 0 ? (
            <EmptyState icon={IconWaveSine} title={t('takes.empty.title')} body={t('takes.empty.body')} />
          ) : (
            <Suspense>
              <ol className={classes.list}>
                {takes.map((take) => (
                  <TakeCard
                    key={take.key}
                    take={take}
                    onDelete={() => remove(take)}
                    onReuse={() => {
                      setText(take.request.text);
                      setSpeed(take.request.speed ?? 1);
                      setFormat(take.request.format ?? 'mp3');
                      setVoice(
                        { voice: take.request.voiceId, own: take.request.ownKey ? true : undefined },
                        false,
                      );
                    }}
                  />
                ))}
              </ol>
            </Suspense>
          )}
        </section>
      </div>

      <aside className={classes.inspector} aria-label={t('settings.aside')}>
        {hasOwn ? (
          <PayWith own={own} onChange={(v) => setVoice({ voice: wanted, own: v || undefined })} />
        ) : null}
        {voicesResult.isError ? (
          <FaultNote error={voicesResult.error} onRetry={() => void voicesResult.refetch()} />
        ) : (
          <VoicePicker
            voices={voices}
            value={voice}
            onChange={(id) => setVoice({ voice: id, own: own || undefined })}
          />
        )}
        <Delivery speed={speed} onSpeed={setSpeed} format={format} onFormat={setFormat} />
      </aside>
    </div>
  );
}

const binAudio = (id: string) => done(api.DELETE('/api/audios/{id}', { params: { path: { id } } }));
const restoreAudio = (id: string) => done(api.POST('/api/audios/{id}/restore', { params: { path: { id } } }));
