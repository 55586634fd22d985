import { Button } from '@mantine/core';
import { IconCoins, IconPencilBolt, IconReceipt2, IconServer2 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { maybeSignedIn } from '@/api/session';
import { TopBar } from '@/app/TopBar';
import { HeroWave } from '@/shared/ui/HeroWave';
import classes from './LandingPage.module.css';

const POINTS = [
  ['price', IconCoins],
  ['edit', IconPencilBolt],
  ['receipt', IconReceipt2],
  ['own', IconServer2],
] as const;

export function LandingPage() {
  const { t } = useTranslation('landing');
  const known = maybeSignedIn();
  return (
    <div className={classes.root}>
      <TopBar
        before={
          <Button component={Link} to="/pricing" variant="subtle" color="gray">
            {t('pricing')}
          </Button>
        }
      >
        {known ? null : (
          <Button component={Link} to="/sign-in" variant="default" className={classes.signin ?? ''}>
            {t('signin')}
          </Button>
        )}
      </TopBar>
      <main>
        <section className={classes.hero}>
          <h1>{t('hero.title')}</h1>
          <p>{t('hero.body')}</p>
          <div className={classes.cta}>
            <Button component={Link} to={known ? '/studio/speech' : '/sign-up'} size="lg">
              {t(known ? 'hero.open' : 'hero.cta')}
            </Button>
            <Button component="a" href="/docs" size="lg" variant="subtle" color="gray">
              {t('hero.api')}
            </Button>
          </div>
          <small>{t('hero.note')}</small>
          <div className={classes.wave}>
            <HeroWave bars={72} played={25} />
          </div>
        </section>
        <section className={classes.points}>
          <h2>{t('points.title')}</h2>
          <ul>
            {POINTS.map(([key, PointIcon]) => (
              <li key={key}>
                <PointIcon size={22} stroke={1.6} aria-hidden />
                <h3>{t(`${key}.title`)}</h3>
                <p>{t(`${key}.body`)}</p>
              </li>
            ))}
          </ul>
        </section>
        <section className={classes.api}>
          <div>
            <h2>{t('api.title')}</h2>
            <p>{t('api.body')}</p>
          </div>
          {/* it scrolls sideways on a phone, so the keyboard must reach it */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre tabIndex={0} aria-label={t('api.title')}>
            <code>{`curl ${location.origin}/api/tts/generate \\
  -H "Authorization: Bearer $AIMAKE_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{"text":"${t('api.sample')}","voiceId":"${t('api.voice')}"}'`}</code>
          </pre>
        </section>
      </main>
      <footer className={classes.footer}>{t('footer')}</footer>
    </div>
  );
}
