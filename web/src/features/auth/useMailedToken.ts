import { useEffect, useState } from 'react';

/** The token behind the # of a mailed link. It leaves the address at once: it must not stay in the history or in a screenshot. */
export function useMailedToken(): string | null {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token'));
  useEffect(() => {
    if (location.hash) history.replaceState(history.state, '', location.pathname);
  }, []);
  return token;
}
