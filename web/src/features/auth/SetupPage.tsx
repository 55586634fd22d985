import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AuthLayout } from './AuthLayout';
import { RegisterForm } from './RegisterForm';

const route = getRouteApi('/setup');

/** Opened from the one-time link the server prints at its first start: the account made here is the admin. */
export function SetupPage() {
  const { t } = useTranslation('auth');
  const navigate = route.useNavigate();
  const search = route.useSearch();
  // the token leaves the address bar at once: it must not stay in the history or in a screenshot
  const [token] = useState(search.token);
  useEffect(() => {
    if (search.token) void navigate({ search: {}, replace: true });
  }, [search.token, navigate]);

  if (!token) {
    return (
      <AuthLayout
        title={t('setup.noToken')}
        body={t('setup.noTokenBody')}
        footer={<Link to="/sign-in">{t('signIn.link')}</Link>}
      >
        {null}
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t('setup.title')} body={t('setup.body')}>
      <RegisterForm setupToken={token} submit={t('setup.go')} />
    </AuthLayout>
  );
}
