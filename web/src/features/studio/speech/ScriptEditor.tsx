import { Button } from '@mantine/core';
import { IconFileImport, IconPlayerPause, IconQuote, IconX } from '@tabler/icons-react';
import { useRef, useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { currentLang } from '@/i18n';
import { clock, countChars, estimateSeconds, num } from '@/shared/lib/format';
import { toast } from '@/shared/ui/toast';
import { isTextFile, readTextFile } from './readTextFile';
import { SAMPLES } from './samples';
import classes from './ScriptEditor.module.css';

export const MAX_CHARS = 500_000;
/** Larger files cannot hold an acceptable text, whatever their encoding. */
const MAX_FILE = 4 * MAX_CHARS;

interface Props {
  value: string;
  onChange: (text: string) => void;
  speed: number;
  /** What the server said about the text. */
  problem?: string | undefined;
}

export function ScriptEditor({ value, onChange, speed, problem }: Props) {
  const { t } = useTranslation('speech');
  const area = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const [dragging, setDragging] = useState(false);
  const count = countChars(value);
  const over = count > MAX_CHARS;

  const importFile = async (f: File | undefined) => {
    if (!f) return;
    if (!isTextFile(f)) return toast({ message: t('import.notText', { name: f.name }), tone: 'error' });
    const text = f.size > MAX_FILE ? null : await readTextFile(f);
    if (text === null || countChars(text) > MAX_CHARS) {
      return toast({ message: t('import.tooLong', { max: num(MAX_CHARS) }), tone: 'error' });
    }
    const before = value;
    onChange(text);
    if (before.trim() !== '') {
      toast({
        message: t('import.replaced'),
        action: { label: t('undo', { ns: 'common' }), run: () => onChange(before) },
      });
    }
  };
  const insertPause = () => {
    const el = area.current;
    if (!el) return;
    el.focus();
    // setRangeText keeps the caret where the writer expects it
    el.setRangeText(' [pause 1s] ', el.selectionStart, el.selectionEnd, 'end');
    onChange(el.value);
  };
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setDragging(false);
    void importFile(e.dataTransfer.files[0]);
  };

  return (
    <div
      className={classes.root}
      data-dragging={dragging || undefined}
      onDragOver={(e) => {
        if (!e.dataTransfer.types.includes('Files')) return;
        e.preventDefault();
        setDragging(true);
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={drop}
    >
      <textarea
        ref={area}
        className={classes.input}
        aria-label={t('text.label')}
        aria-invalid={over || problem !== undefined}
        aria-describedby="text-count"
        placeholder={t('text.placeholder')}
        value={value}
        onChange={(e) => onChange(e.currentTarget.value)}
        spellCheck={count < 20_000}
      />
      {problem ? (
        <p role="alert" className={`${classes.problem} fault`}>
          {problem}
        </p>
      ) : null}
      <div className={classes.tools}>
        {value === '' ? (
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconQuote size={15} />}
            onClick={() => onChange(SAMPLES[currentLang()])}
          >
            {t('text.sample')}
          </Button>
        ) : null}
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconFileImport size={15} />}
          onClick={() => file.current?.click()}
        >
          <span className={classes.label}>{t('text.import')}</span>
        </Button>
        <input
          ref={file}
          type="file"
          accept=".txt,.md,.srt,text/plain"
          hidden
          onChange={(e) => {
            void importFile(e.currentTarget.files?.[0]);
            e.currentTarget.value = '';
          }}
        />
        {value === '' ? null : (
          <>
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              leftSection={<IconPlayerPause size={15} />}
              onClick={insertPause}
            >
              <span className={classes.label}>{t('text.pause')}</span>
            </Button>
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              leftSection={<IconX size={15} />}
              onClick={() => {
                onChange('');
                toast({
                  message: t('text.cleared'),
                  action: { label: t('undo', { ns: 'common' }), run: () => onChange(value) },
                });
              }}
            >
              <span className={classes.label}>{t('text.clear')}</span>
            </Button>
          </>
        )}
        <p id="text-count" className={`${classes.count} tnum`} data-over={over || undefined}>
          {count > 0 ? (
            <span>{t('text.estimate', { time: clock(estimateSeconds(value, speed)) })}</span>
          ) : null}
          <span>{t('text.count', { count, max: MAX_CHARS })}</span>
        </p>
      </div>
      <div className={classes.drop} aria-hidden>
        {t('text.drop')}
      </div>
    </div>
  );
}
