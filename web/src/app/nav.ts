import {
  IconBooks,
  IconChartBar,
  IconCoins,
  IconMicrophone2,
  IconUserCircle,
  type Icon,
} from '@tabler/icons-react';

/** Only what works is shown. */
export const NAV = [
  { group: 'nav.create', items: [{ to: '/studio/speech', label: 'nav.speech', icon: IconMicrophone2 }] },
  { group: 'nav.assets', items: [{ to: '/library', label: 'nav.library', icon: IconBooks }] },
  {
    group: 'nav.you',
    items: [
      { to: '/credits', label: 'nav.credits', icon: IconCoins },
      { to: '/usage', label: 'nav.usage', icon: IconChartBar },
      { to: '/account', label: 'nav.account', icon: IconUserCircle },
    ],
  },
] as const satisfies readonly {
  group: string;
  items: readonly { to: string; label: string; icon: Icon }[];
}[];

export const TABS = NAV.flatMap((g) => [...g.items]);
