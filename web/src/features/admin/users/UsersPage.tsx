import { Badge, Button, NativeSelect, Table, TextInput } from '@mantine/core';
import { IconSearch, IconUsers } from '@tabler/icons-react';
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { PAGES, pageQuery } from '@/api/pages';
import { relative } from '@/shared/lib/format';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PagedList } from '@/shared/ui/PagedList';
import ledger from '@/shared/ui/Ledger.module.css';
import { Sheet } from '@/shared/ui/Sheet';
import classes from './UsersPage.module.css';

const route = getRouteApi('/app/admin/users');
const UserTools = lazy(async () => ({ default: (await import('./UserTools')).UserTools }));
export const ROLES = ['user', 'premium', 'admin'] as const;

const usersQuery = ({
  q,
  role,
  status,
}: {
  q?: string | undefined;
  role?: string | undefined;
  status?: string | undefined;
}) =>
  infiniteQueryOptions({
    queryKey: ['admin', 'users', { q, role, status }],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/admin/users', {
          params: {
            query: pageQuery(pageParam, { q, role, status }),
          },
          signal,
        }),
      ),
    ...PAGES,
  });

/** Everybody who has an account, and what can be done about it. */
export function UsersPage() {
  const { t } = useTranslation('admin');
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery({ ...usersQuery(filter), placeholderData: keepPreviousData });
  const users = list.data?.pages.flatMap((p) => p.items) ?? [];
  const [open, setOpen] = useState<string | null>(null);
  const change = (part: Partial<typeof filter>) =>
    void navigate({ search: (s) => ({ ...s, ...part }), replace: true });

  return (
    <Sheet title={t('users.title')} subtitle={t('users.subtitle')}>
      <div className={classes.filters}>
        <TextInput
          aria-label={t('users.search')}
          placeholder={t('users.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          defaultValue={filter.q ?? ''}
          onChange={(e) => change({ q: e.currentTarget.value || undefined })}
        />
        <NativeSelect
          aria-label={t('users.role')}
          value={filter.role ?? ''}
          onChange={(e) => change({ role: ROLES.find((r) => r === e.currentTarget.value) })}
          data={[
            { value: '', label: t('users.anyRole') },
            ...ROLES.map((r) => ({ value: r, label: t(`role.${r}`) })),
          ]}
        />
        <NativeSelect
          aria-label={t('users.status')}
          value={filter.status ?? ''}
          onChange={(e) =>
            change({ status: (['active', 'disabled'] as const).find((s) => s === e.currentTarget.value) })
          }
          data={[
            { value: '', label: t('users.anyStatus') },
            { value: 'active', label: t('status.active') },
            { value: 'disabled', label: t('status.disabled') },
          ]}
        />
      </div>
      <PagedList
        list={list}
        count={users.length}
        none={<EmptyState icon={IconUsers} title={t('users.none')} body={t('users.noneBody')} />}
      >
        <Table.ScrollContainer minWidth={0}>
          <Table verticalSpacing={10} highlightOnHover className={ledger.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('users.user')}</Table.Th>
                <Table.Th>{t('users.role')}</Table.Th>
                <Table.Th>{t('users.seen')}</Table.Th>
                <Table.Th>
                  <span className="sr-only">{t('users.manage')}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {users.map((u) => (
                <Table.Tr key={u.id}>
                  <Table.Td>
                    <strong>{u.username}</strong>
                    <div className={classes.quiet}>
                      {u.email}
                      {u.emailVerified ? '' : ` · ${t('users.unproved')}`}
                    </div>
                  </Table.Td>
                  <Table.Td>
                    {t(`role.${u.role}`)}{' '}
                    {u.status === 'disabled' ? (
                      <Badge color="coral" variant="light">
                        {t('status.disabled')}
                      </Badge>
                    ) : null}
                  </Table.Td>
                  <Table.Td>{u.lastLoginAt ? relative(u.lastLoginAt) : t('users.never')}</Table.Td>
                  <Table.Td>
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={`${t('users.manage')}: ${u.username}`}
                      onClick={() => setOpen(u.id)}
                    >
                      {t('users.manage')}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </PagedList>
      {open ? (
        <Suspense>
          <UserTools id={open} onClose={() => setOpen(null)} />
        </Suspense>
      ) : null}
    </Sheet>
  );
}
