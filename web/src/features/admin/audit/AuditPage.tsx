import { NativeSelect, Table } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, unwrap } from '@/api/client';
import { PAGES, pageQuery } from '@/api/pages';
import { dateTime } from '@/shared/lib/format';
import { EmptyState } from '@/shared/ui/EmptyState';
import { PagedList } from '@/shared/ui/PagedList';
import ledger from '@/shared/ui/Ledger.module.css';
import { Sheet } from '@/shared/ui/Sheet';
import classes from '../users/UsersPage.module.css';

const route = getRouteApi('/app/admin/audit');

/** Who did what, newest first. */
export function AuditPage() {
  const { t } = useTranslation('admin');
  const { action } = route.useSearch();
  const navigate = route.useNavigate();
  const actions = useQuery({
    queryKey: ['admin', 'audit', 'actions'],
    queryFn: ({ signal }) => unwrap(api.GET('/api/admin/audit/actions', { signal })),
    staleTime: Infinity,
  });
  const list = useInfiniteQuery({
    queryKey: ['admin', 'audit', { action }],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/api/admin/audit', {
          params: {
            query: pageQuery(pageParam, { action }),
          },
          signal,
        }),
      ),
    ...PAGES,
    placeholderData: keepPreviousData,
  });
  const entries = list.data?.pages.flatMap((p) => p.items) ?? [];

  return (
    <Sheet title={t('audit.title')} subtitle={t('audit.subtitle')}>
      <NativeSelect
        aria-label={t('audit.action')}
        value={action ?? ''}
        style={{ maxWidth: 280 }}
        onChange={(e) => {
          const value = e.currentTarget.value;
          void navigate({ search: { action: value === '' ? undefined : value }, replace: true });
        }}
        data={[{ value: '', label: t('audit.anyAction') }, ...(actions.data?.actions ?? [])]}
      />
      <PagedList
        list={list}
        count={entries.length}
        none={<EmptyState icon={IconListDetails} title={t('audit.none')} body={t('audit.noneBody')} />}
      >
        <Table.ScrollContainer minWidth={0}>
          <Table verticalSpacing={8} className={ledger.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('audit.at')}</Table.Th>
                <Table.Th>{t('audit.who')}</Table.Th>
                <Table.Th>{t('audit.what')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {entries.map((e) => (
                <Table.Tr key={e.id}>
                  <Table.Td>
                    {dateTime(e.at)}
                    <div className={classes.quiet}>{e.address}</div>
                  </Table.Td>
                  <Table.Td>{e.actor ? (e.actor.username ?? t('audit.gone')) : t('audit.server')}</Table.Td>
                  <Table.Td>
                    <code>{e.action}</code>
                    <div className={classes.quiet}>
                      {e.subjectKind === 'user'
                        ? (e.subjectName ?? e.subjectId)
                        : `${e.subjectKind} ${e.subjectId}`}
                      {facts(e.detail)}
                    </div>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </PagedList>
    </Sheet>
  );
}

/** The entry's small facts, as the server names them. */
function facts(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return '';
  const known = Object.entries(detail).filter(([, value]) => value !== null);
  return known.length === 0
    ? ''
    : ` · ${known.map(([name, value]) => `${name}: ${String(value)}`).join(', ')}`;
}
