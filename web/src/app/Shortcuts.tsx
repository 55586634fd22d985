import { Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { modKey } from '@/shared/hooks/useKeys';
import classes from './Shortcuts.module.css';

const KEYS = [
  [
    'keys.everywhere',
    [
      ['keys.palette', `${modKey} K`],
      ['keys.help', '?'],
    ],
  ],
  ['nav.speech', [['keys.generate', `${modKey} ↵`]]],
  [
    'keys.player',
    [
      ['keys.play', 'Space'],
      ['keys.seek', '← →'],
      ['keys.ends', 'Home End'],
    ],
  ],
  [
    'nav.library',
    [
      ['keys.next', 'J'],
      ['keys.previous', 'K'],
      ['keys.open', '↵'],
      ['keys.playItem', 'Space'],
      ['keys.find', '/'],
    ],
  ],
] as const;

/** Everything the keyboard can do, on one sheet. */
export function Shortcuts() {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(true);
  return (
    <Modal
      opened={opened}
      onClose={() => setOpened(false)}
      title={t('keys.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
      radius="lg"
      centered
    >
      <div className={classes.groups}>
        {KEYS.map(([group, rows]) => (
          <section key={group}>
            <h3>{t(group)}</h3>
            <dl>
              {rows.map(([what, keys]) => (
                <div key={what}>
                  <dt>{t(what)}</dt>
                  <dd>
                    {keys.split(' ').map((k) => (
                      <kbd key={k}>{k}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
