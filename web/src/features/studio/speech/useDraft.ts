import { useEffect, useState } from 'react';

const KEY = 'aimake.draft';

const stored = () => {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
};

/** The text being written, kept on this device. Saved after a pause: a book is too long for every keystroke. */
export function useDraft() {
  const [text, setText] = useState(stored);
  useEffect(() => {
    const save = () => {
      try {
        localStorage.setItem(KEY, text);
      } catch {
        // no room: the text stays on the page
      }
    };
    const timer = setTimeout(save, 400);
    window.addEventListener('pagehide', save);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('pagehide', save);
      save();
    };
  }, [text]);
  return [text, setText] as const;
}
