import {
  IconBooks,
  IconChartBar,
  IconCoins,
  IconKey,
  IconListDetails,
  IconMicrophone2,
  IconPlugConnected,
  IconReceipt,
  IconRefresh,
  IconScale,
  IconServer,
  IconShoppingBag,
  IconTags,
  IconUserCircle,
  IconUsers,
  IconWebhook,
  type Icon,
} from '@tabler/icons-react';

/** Only what works is shown. On a phone the first of each group are tabs; the others stand under "More". */
export const NAV = [
  {
    group: 'nav.create',
    items: [{ to: '/studio/speech', label: 'nav.speech', icon: IconMicrophone2, tab: true }],
  },
  { group: 'nav.assets', items: [{ to: '/library', label: 'nav.library', icon: IconBooks, tab: true }] },
  {
    group: 'nav.you',
    items: [
      { to: '/credits', label: 'nav.credits', icon: IconCoins, tab: true },
      { to: '/usage', label: 'nav.usage', icon: IconChartBar, tab: false },
      { to: '/purchases', label: 'nav.purchases', icon: IconShoppingBag, tab: false },
      { to: '/subscription', label: 'nav.subscription', icon: IconRefresh, tab: false },
      { to: '/account', label: 'nav.account', icon: IconUserCircle, tab: false },
    ],
  },
  {
    group: 'nav.developers',
    items: [
      { to: '/keys', label: 'nav.keys', icon: IconKey, tab: false },
      { to: '/provider-keys', label: 'nav.providerKeys', icon: IconPlugConnected, tab: false },
    ],
  },
  {
    group: 'nav.admin',
    admin: true,
    items: [
      { to: '/admin/users', label: 'nav.users', icon: IconUsers, tab: false },
      { to: '/admin/providers', label: 'nav.providers', icon: IconServer, tab: false },
      { to: '/admin/models', label: 'nav.models', icon: IconTags, tab: false },
      { to: '/admin/orders', label: 'nav.orders', icon: IconReceipt, tab: false },
      { to: '/admin/webhooks', label: 'nav.webhooks', icon: IconWebhook, tab: false },
      { to: '/admin/books', label: 'nav.books', icon: IconScale, tab: false },
      { to: '/admin/audit', label: 'nav.audit', icon: IconListDetails, tab: false },
    ],
  },
] as const satisfies readonly Group[];

interface Group {
  group: string;
  /** Shown to administrators only; the server refuses others in any case. */
  admin?: boolean;
  items: readonly { to: string; label: string; icon: Icon; tab: boolean }[];
}

export const isFor = (group: Group, admin: boolean) => admin || !group.admin;

export const pagesFor = (admin: boolean) => NAV.filter((g) => isFor(g, admin)).flatMap((g) => [...g.items]);
