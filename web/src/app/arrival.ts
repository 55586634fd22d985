/** The query this page was opened with, as it was sent: a signature is over its order and its spelling, which the router may change. */
export const arrivalQuery = location.search.slice(1);
