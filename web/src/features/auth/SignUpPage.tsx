import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { AuthLayout } from './AuthLayout';
import { ProviderButtons } from './ProviderButtons';
import { RegisterForm } from './RegisterForm';

const route = getRouteApi('/sign-up');

export function SignUpPage() {
  const { t } = useTranslation('auth');
  const { next } = route.useSearch();
  return (
    <AuthLayout
      title={t('signUp.title')}
      body={t('signUp.body')}
      footer={
        <>
          {t('signUp.have')}{' '}
          <Link to="/sign-in" search={{ next }}>
            {t('signIn.link')}
          </Link>
        </>
      }
    >
      <ProviderButtons next={next} divided />
      <RegisterForm next={next} submit={t('signUp.go')} />
    </AuthLayout>
  );
}
