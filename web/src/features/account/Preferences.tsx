import { SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { User } from '@/api/types';
import { asLang, LANGS, setLang } from '@/i18n';
import { askToNotify } from '@/shared/lib/notify';
import { faultText } from '@/shared/ui/faultText';
import { toast } from '@/shared/ui/toast';
import { Section } from './Section';
import { useSaveProfile } from './useSaveProfile';
import classes from './AccountPage.module.css';

const LANG_CODES = ['en', 'zh-CN'] as const;
const THEMES = ['system', 'light', 'dark'] as const;

/** Taken over on every device this user signs in on. Each change is kept at once. */
export function Preferences({ me }: { me: User }) {
  const { t } = useTranslation('account');
  const { setColorScheme } = useMantineColorScheme();
  const save = useSaveProfile();
  const change = (part: Partial<User['preferences']>) =>
    save.mutate(
      { preferences: { ...me.preferences, ...part } },
      { onError: (e) => toast({ message: faultText(e), tone: 'error' }) },
    );
  const asked = save.isPending ? save.variables.preferences : null;
  const theme = asked?.theme ?? me.preferences.theme;
  const language = asLang(asked?.language ?? me.preferences.language);
  const notifications = asked?.notifications ?? me.preferences.notifications;

  return (
    <Section title={t('preferences.title')} body={t('preferences.body')}>
      <div className={classes.row}>
        <SegmentedControl
          aria-label={t('preferences.theme')}
          value={theme}
          onChange={(next) => {
            setColorScheme(next === 'system' ? 'auto' : next);
            change({ theme: next });
          }}
          data={THEMES.map((value) => ({ value, label: t(`theme.${value}`) }))}
        />
        <SegmentedControl
          aria-label={t('preferences.language')}
          value={language}
          onChange={(next) => {
            void setLang(next);
            change({ language: next });
          }}
          data={LANG_CODES.map((value) => ({ value, label: LANGS[value] }))}
        />
      </div>
      <Switch
        label={t('preferences.notifications')}
        checked={notifications}
        onChange={(e) => {
          const on = e.currentTarget.checked;
          if (on) void askToNotify();
          change({ notifications: on });
        }}
      />
    </Section>
  );
}
