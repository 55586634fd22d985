import { useEffect, useEffectEvent } from 'react';

const TYPING =
  'input:not([type=range]):not([type=radio]):not([type=checkbox]),textarea,select,[contenteditable=true]';
/** Elements that already mean something by Space. */
const PRESSABLE = 'button,a,input,summary,[role=menuitem],[role=option]';

/** Single keys for a page. Never taken from a text field, an input method, an open dialog or a focused button. */
export function useKeys(handlers: Record<string, (e: KeyboardEvent) => void>) {
  const onKey = useEffectEvent((e: KeyboardEvent) => {
    if (e.defaultPrevented || e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
    const on = e.target instanceof Element ? e.target : null;
    if (on?.closest(TYPING) || on?.closest('[role=dialog],[role=menu]')) return;
    if (e.key === ' ' && on?.closest(PRESSABLE)) return;
    const handler = handlers[e.key === ' ' ? 'Space' : e.key.toLowerCase()];
    if (!handler) return;
    e.preventDefault();
    handler(e);
  });
  useEffect(() => {
    const listen = (e: KeyboardEvent) => onKey(e);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

export const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);
export const modKey = isMac ? '⌘' : 'Ctrl';
