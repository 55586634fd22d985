/** Out of this app, to a page of somebody else. */
export const leave = (url: string) => location.assign(url);
