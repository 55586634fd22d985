import '@mantine/spotlight/styles.layer.css';
import { useMantineColorScheme, useComputedColorScheme } from '@mantine/core';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { IconLanguage, IconLogout, IconMoon, IconSearch, IconSun, IconWaveSine } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { signOut } from '@/api/session';
import { LANGS, currentLang, setLang } from '@/i18n';
import { useMe } from '@/shared/hooks/useSession';
import { pagesFor } from './nav';

/** Pages, the latest sounds, and the switches, by name. */
export function Palette() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const admin = useMe()?.role === 'admin';
  const other = currentLang() === 'en' ? 'zh-CN' : 'en';
  const recent = useQuery({
    queryKey: ['audios', 'recent'],
    queryFn: ({ signal }) => unwrap(api.GET('/api/audios', { params: { query: { limit: 20 } }, signal })),
  }).data;
  useEffect(() => spotlight.open(), []);

  return (
    <Spotlight
      shortcut={null}
      highlightQuery
      limit={12}
      scrollable
      maxHeight={420}
      nothingFound={t('palette.nothing')}
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: t('search'),
        'aria-label': t('search'),
      }}
      actions={[
        {
          group: t('palette.go'),
          actions: pagesFor(admin).map(({ to, label, icon: ItemIcon }) => ({
            id: to,
            label: t(label),
            keywords: to,
            leftSection: <ItemIcon size={18} stroke={1.7} />,
            onClick: () => void navigate({ to }),
          })),
        },
        {
          group: t('palette.do'),
          actions: [
            {
              id: 'theme',
              label: t(dark ? 'theme.toLight' : 'theme.toDark'),
              leftSection: dark ? <IconSun size={18} stroke={1.7} /> : <IconMoon size={18} stroke={1.7} />,
              onClick: () => setColorScheme(dark ? 'light' : 'dark'),
            },
            {
              id: 'language',
              label: LANGS[other],
              keywords: 'language 语言',
              leftSection: <IconLanguage size={18} stroke={1.7} />,
              onClick: () => void setLang(other),
            },
            {
              id: 'out',
              label: t('account.signOut'),
              leftSection: <IconLogout size={18} stroke={1.7} />,
              onClick: () => void signOut(),
            },
          ],
        },
        {
          group: t('palette.recent'),
          actions: (recent?.items ?? []).map((a) => ({
            id: a.id,
            label: a.title,
            keywords: a.tags,
            leftSection: <IconWaveSine size={18} stroke={1.7} />,
            onClick: () => void navigate({ to: '/library', search: { open: a.id } }),
          })),
        },
      ]}
    />
  );
}
