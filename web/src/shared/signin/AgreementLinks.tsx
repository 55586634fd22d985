import { IconExternalLink } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './AgreementLinks.module.css';

interface Props {
  termsUrl: string | null;
  privacyUrl: string | null;
  /** What stands there when the operator names no address. */
  otherwise?: React.ReactNode;
}

/** Where what is agreed to can be read, each in a tab of its own, so that nothing typed is lost. */
export function AgreementLinks({ termsUrl, privacyUrl, otherwise = null }: Props) {
  const { t } = useTranslation('agreement');
  const links = [
    { href: termsUrl, text: t('terms') },
    { href: privacyUrl, text: t('privacy') },
  ].filter((l) => l.href !== null);
  if (links.length === 0) return otherwise;
  return (
    <ul className={classes.links}>
      {links.map(({ href, text }) => (
        <li key={text}>
          <a href={href ?? undefined} target="_blank" rel="noopener noreferrer">
            {text}
            <IconExternalLink size={15} stroke={1.7} aria-hidden />
            <span className="sr-only">{t('elsewhere')}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
