import { SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { User } from '@/api/types';
import { LANGS, setLang } from '@/i18n';
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
  const now = { ...me.preferences, ...save.variables?.preferences };

  return (
    <Section title={t('preferences.title')} body={t('preferences.body')}>
      <div className={classes.row}>
        <SegmentedControl
          aria-label={t('preferences.theme')}
          value={now.theme}
          onChange={(theme) => {
            setColorScheme(theme === 'system' ? 'auto' : theme);
            change({ theme });
          }}
          data={THEMES.map((value) => ({ value, label: t(`theme.${value}`) }))}
        />
        <SegmentedControl
          aria-label={t('preferences.language')}
          value={now.language}
          onChange={(language) => {
            void setLang(language);
            change({ language });
          }}
          data={LANG_CODES.map((value) => ({ value, label: LANGS[value] }))}
        />
      </div>
      <Switch
        label={t('preferences.notifications')}
        checked={now.notifications}
        onChange={(e) => change({ notifications: e.currentTarget.checked })}
      />
    </Section>
  );
}
